SELECT ended, in_time FROM stories_in_time(%(hours)s, %(seconds)s);
