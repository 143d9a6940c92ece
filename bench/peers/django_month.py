"""A month of free times by django-appointment (PyPI, Apache 2.0), as it is used by its own views.

Run by `bench/slots.py` in an environment of its own: prints the processor's milliseconds of each
month as JSON, of an empty calendar and of one with 20,000 appointments (half of the month ahead
is full).
"""

import json
import sys
import time
from datetime import date, timedelta
from datetime import time as clock

import django
from django.conf import settings


def _start(database: str) -> None:
    settings.configure(
        SECRET_KEY="medida",  # noqa: S106 (of a measurement)
        USE_TZ=True,
        TIME_ZONE="America/Cuiaba",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "appointment",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        APPOINTMENT_WEBSITE_NAME="medida",
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def _person(name: str, service: object) -> object:
    from appointment.models import StaffMember, WorkingHours
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.create_user(name, f"{name}@exemplo.invalid")
    member = StaffMember.objects.create(
        user=user,
        slot_duration=20,
        lead_time=clock(12),
        finish_time=clock(19),
        appointment_buffer_time=0,
        work_on_saturday=False,
        work_on_sunday=False,
    )
    member.services_offered.add(service)
    for day in range(1, 6):
        WorkingHours.objects.create(
            staff_member=member, day_of_week=day, start_time=clock(12), end_time=clock(19)
        )
    return member


def _fill(member: object, service: object, first: date, stored: int) -> None:
    from appointment.models import Appointment, AppointmentRequest

    wanted, day = [], first + timedelta(days=28)
    while len(wanted) < stored:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            for number in range(0, 21, 2 if day > first else 1):
                start = clock(12 + number // 3, 20 * (number % 3))
                end = clock(12 + (number + 1) // 3, 20 * ((number + 1) % 3))
                wanted.append(
                    AppointmentRequest(
                        date=day,
                        start_time=start,
                        end_time=end,
                        service=service,
                        staff_member=member,
                        id_request=f"r{len(wanted)}",
                    )
                )
    AppointmentRequest.objects.bulk_create(wanted)
    Appointment.objects.bulk_create(
        Appointment(client=member.user, appointment_request=one, id_request=f"a{one.id_request}")
        for one in AppointmentRequest.objects.all()
    )


def _month(member: object, service: object, first: date) -> float:
    from appointment.services import get_available_slots_for_staff

    began = time.process_time()
    for n in range(28):
        day = first + timedelta(days=n)
        get_available_slots_for_staff(day, member, day.isoweekday() % 7, service)
    return (time.process_time() - began) * 1000


def main() -> None:
    """Measure both calendars in turns."""
    _start(sys.argv[1])
    from appointment.models import Service

    service = Service.objects.create(name="Atendimento", duration=timedelta(minutes=20), price=0)
    first = date.fromisoformat(sys.argv[2])
    stored, months = int(sys.argv[3]), int(sys.argv[4])
    empty, full = _person("vazia", service), _person("cheia", service)
    _fill(full, service, first, stored)
    spent: dict[str, list[float]] = {"empty": [], "full": []}
    for _ in range(months):
        spent["empty"].append(_month(empty, service, first))
        spent["full"].append(_month(full, service, first))
    print(json.dumps(spent))


if __name__ == "__main__":
    main()
