SELECT ended, in_time, overdue_stories(%(seconds)s) AS overdue FROM stories_in_time(%(hours)s, %(seconds)s);
