-- Lock those of these stories that nobody has locked: no sensor claims them, and no request changes them meanwhile.
SELECT id FROM stories WHERE id = ANY(%(stories)s) FOR NO KEY UPDATE SKIP LOCKED;
