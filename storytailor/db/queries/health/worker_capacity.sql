SELECT workers, slots, busy FROM worker_capacity();
