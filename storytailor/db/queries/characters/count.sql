-- How many characters the user has, and how many pictures of them.
SELECT count(*) AS characters, coalesce(sum(cardinality(reference_images)), 0) AS pictures
FROM characters
WHERE owner_user_id = %(user_id)s;
