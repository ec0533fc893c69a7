SELECT note_refusal();
