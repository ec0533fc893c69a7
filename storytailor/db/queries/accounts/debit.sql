-- One story, one debit; a bought one is taken off the credits.
WITH paid AS (
    INSERT INTO credit_ledger (user_id, story_id, kind, source)
    VALUES (%(user_id)s, %(story_id)s, 'debit', %(source)s)
    RETURNING user_id, source
)
UPDATE users SET credits = credits - 1 FROM paid WHERE users.id = paid.user_id AND paid.source = 'credit';
