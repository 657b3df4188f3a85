"""What is to be done when a time is over, for all who wait in a process."""

from threading import Event, Thread, active_count

from litectl.wire.alarms import Alarms

_LONG = 3600.0  # seconds
_PATIENCE = 20.0


def test_what_is_due_is_called_while_its_block_runs() -> None:
    """Also when another one, which is due much later, was there first."""
    alarms, rang, later = Alarms(), Event(), Event()

    with alarms.after(_LONG, later.set), alarms.after(0.01, rang.set):
        assert rang.wait(_PATIENCE)

    assert not later.is_set()


def test_nothing_is_called_once_its_block_was_left() -> None:
    """What comes after it is called at its own time, which shows that the thread had come by."""
    alarms, rang, later = Alarms(), Event(), Event()

    for _ in range(3):
        with alarms.after(0.001, lambda: None):
            pass
        with alarms.after(0.02, rang.set):
            pass
        with alarms.after(0.05, later.set):
            assert later.wait(_PATIENCE)
        later.clear()

    assert not rang.is_set()


def test_each_of_many_at_a_time_is_called() -> None:
    """From as many threads; one thread calls them all."""
    alarms, rung = Alarms(), [Event() for _ in range(50)]
    before = active_count()

    def wait_for(event: Event, seconds: float) -> None:
        with alarms.after(seconds, event.set):
            event.wait(_PATIENCE)

    threads = [Thread(target=wait_for, args=(event, number % 7 / 100)) for number, event in enumerate(rung)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE)

    assert all(event.is_set() for event in rung)
    assert active_count() <= before + 1


def test_a_time_that_is_over_already_is_called_at_once() -> None:
    """So does one that is negative."""
    alarms = Alarms()
    for seconds in (0.0, -5.0):
        rang = Event()
        with alarms.after(seconds, rang.set):
            assert rang.wait(_PATIENCE)
