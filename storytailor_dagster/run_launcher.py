"""How runs reach the workers, and how they are stopped: named as `run_launcher` in dagster.yaml."""

import dagster as dg
from dagster_celery.launcher import CeleryRunLauncher


class StoryRunLauncher(CeleryRunLauncher):
    """dagster-celery's launcher, whose runs can be terminated.

    Its own `terminate` revokes the Celery task, which a pool of threads cannot do, and leaves the run as it was.
    """

    def terminate(self, run_id: str) -> bool:
        """Mark the run as canceling; its worker sees that within a second, and stops. Whether there was one to stop."""
        run: dg.DagsterRun | None = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        if run.status != dg.DagsterRunStatus.CANCELING:
            self._instance.report_run_canceling(run)
        return True
