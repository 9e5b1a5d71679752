"""Work of the rota that comes round by itself."""

from ansvar.kernel.work import schedule
from ansvar.rota.commands import forget_presence


@schedule("rota.forget_presence", cron="40 3 * * *")
def forget_old_presence() -> None:
    """Delete, once a night, when people were seen last who have not been for long."""
    forget_presence()
