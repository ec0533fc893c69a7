SELECT state, jobs FROM unfinished_jobs();
