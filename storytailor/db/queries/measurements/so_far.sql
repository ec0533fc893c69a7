SELECT metric, stage, outcome, bucket, times, total FROM measured_so_far();
