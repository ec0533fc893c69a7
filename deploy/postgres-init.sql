-- Dagster keeps its runs and events in a database of its own. Run once, by the image, on an empty volume.
CREATE DATABASE dagster;
