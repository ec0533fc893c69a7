SELECT note_standing_alert(%(cause)s, %(says)s);
