"""Situations, incidents, people, triage; counts by integer hours, rebuilt from the reports."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

Moment = sqlmodel.sql.sqltypes.UTCDateTime

revision = '20261130_situations'
down_revision = '20261130_blocks'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('answer_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('group', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('calibration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('calibration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_calibration_at'), ['at'], unique=False)

    op.create_table('state_hour',
    sa.Column('hour', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('hour', 'channel', 'kind'),
    sqlite_with_rowid=False
    )
    op.create_table('status_subscription',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(length=170), nullable=False),
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('sealed_token', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('confirmed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    with op.batch_alter_table('status_subscription', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_status_subscription_place'), ['place'], unique=False)
        batch_op.create_index('uq_status_subscription', ['email', 'place'], unique=True)

    op.create_table('webhook',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('url', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('sealed_secret', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('events', sa.JSON(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('alarm_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('comarca_id', sa.Integer(), nullable=True),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('level', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.ForeignKeyConstraint(['comarca_id'], ['comarca.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('alarm_rule', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alarm_rule_staff_id'), ['staff_id'], unique=False)

    op.create_table('draft',
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('sealed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('saved_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('staff_id', 'key')
    )
    op.create_table('hand_over',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('who', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('hand_over', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hand_over_at'), ['at'], unique=False)

    op.create_table('incident',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('works', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('comarca_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('started_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('noticed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('confirmed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('ends_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('next_update_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('restored_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('closed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('false_reason', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('review', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['comarca_id'], ['comarca.id'], ),
    sa.ForeignKeyConstraint(['merged_into_id'], ['incident.id'], ),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_closed_at'), ['closed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_incident_comarca_id'), ['comarca_id'], unique=False)

    op.create_table('saved_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('query', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('saved_view', schema=None) as batch_op:
        batch_op.create_index('uq_saved_view', ['staff_id', 'name'], unique=True)

    op.create_table('webhook_delivery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('delivery_id', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
    sa.Column('webhook_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
    sa.Column('event', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('sent_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('last_error', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.ForeignKeyConstraint(['webhook_id'], ['webhook.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('delivery_id')
    )
    with op.batch_alter_table('webhook_delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_webhook_delivery_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_webhook_delivery_webhook_id'), ['webhook_id'], unique=False)
        batch_op.create_index('ix_webhook_due', ['status', 'due_at'], unique=False)

    op.create_table('answer_day',
    sa.Column('day', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('wait_days', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('is_on_time', sa.Boolean(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('day', 'unit_id', 'wait_days', 'is_on_time'),
    sqlite_with_rowid=False
    )
    op.create_table('incident_member',
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('joined_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('left_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('told_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('acknowledged_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], ),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('incident_id', 'unit_id', 'channel')
    )
    with op.batch_alter_table('incident_member', schema=None) as batch_op:
        batch_op.create_index('ix_incident_member_unit', ['unit_id', 'channel'], unique=False)

    op.create_table('incident_update',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('who', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(length=280), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('incident_update', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_update_incident_id'), ['incident_id'], unique=False)

    op.create_table('people_hour',
    sa.Column('hour', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('hour', 'unit_id', 'channel'),
    sqlite_with_rowid=False
    )
    op.create_table('situation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('comarca_id', sa.Integer(), nullable=True),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('level', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('expected', sa.Float(), nullable=False),
    sa.Column('upper', sa.Integer(), nullable=False),
    sa.Column('probability', sa.Float(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('first_report_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('opened_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('probable_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('judged_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('quiet_since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('closed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('assumed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('unit_told_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('confirmed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('confirmed_by', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('verdict', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('verdict_reason', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=True),
    sa.Column('muted_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['comarca_id'], ['comarca.id'], ),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], ),
    sa.ForeignKeyConstraint(['muted_by_id'], ['situation.id'], ),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('situation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_situation_closed_at'), ['closed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_situation_comarca_id'), ['comarca_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_situation_incident_id'), ['incident_id'], unique=False)
        batch_op.create_index('ix_situation_opened', ['opened_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_situation_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_situation_unit_id'), ['unit_id'], unique=False)
        batch_op.create_index('uq_situation_open', ['scope', 'place_id', 'channel'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.create_table('visit_hour',
    sa.Column('hour', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('hour', 'unit_id', 'channel'),
    sqlite_with_rowid=False
    )
    op.create_table('situation_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('situation_id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('who', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['situation_id'], ['situation.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('situation_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_situation_event_situation_id'), ['situation_id'], unique=False)

    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('file_name', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('media_type', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('file_name')
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_complaint_id'), ['complaint_id'], unique=False)

    op.create_table('open_complaint',
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('seen_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('complaint_id', 'staff_id')
    )
    op.create_table('person_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('mark', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('received_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], ),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('person_report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_report_complaint_id'), ['complaint_id'], unique=False)
        batch_op.create_index('ix_person_report_received', ['received_at'], unique=False)
        batch_op.create_index('uq_person_report', ['unit_id', 'channel', 'day', 'mark'], unique=True)

    op.drop_table('protocol_counter')
    one, zero, no = sa.text("1"), sa.text("0"), sa.false()
    op.add_column('complaint', sa.Column('version', sa.Integer(), nullable=False, server_default=one))
    op.add_column('complaint', sa.Column('duplicates', sa.Integer(), nullable=False, server_default=zero))
    op.add_column('complaint', sa.Column('is_unread', sa.Boolean(), nullable=False, server_default=no))
    for name, target in (('owner_id', 'staff.id'), ('situation_id', 'situation.id'), ('duplicate_of_id', 'complaint.id')):
        column = sa.Column(name, sa.Integer(), sa.ForeignKey(target), nullable=True)
        op.add_column('complaint', column, inline_references=True)
    for name in (
        'waiting_since', 'extended_at', 'forwarded_at', 'unit_due_at', 'unit_answered_at',
        'escalated_at', 'answered_at', 'closed_at', 'rated_at', 'withdrawn_at', 'anonymised_at',
    ):
        op.add_column('complaint', sa.Column(name, Moment(), nullable=True))
    for name in ('is_on_time', 'is_resolved', 'is_useful'):
        op.add_column('complaint', sa.Column(name, sa.Boolean(), nullable=True))
    op.add_column('complaint_event', sa.Column('author', sa.String(12), nullable=False, server_default='staff'))
    staff = sa.Column('staff_id', sa.Integer(), sa.ForeignKey('staff.id'), nullable=True)
    op.add_column('complaint_event', staff, inline_references=True)
    _fill_columns()
    op.drop_index('ix_complaint_status', 'complaint')
    op.drop_index('ix_complaint_unit_id', 'complaint')
    for name, columns in INDEXES.items():
        op.create_index(name, 'complaint', columns)
    for name, columns, where in PARTIAL_INDEXES:
        only = sa.text(where)
        op.create_index(name, 'complaint', columns, sqlite_where=only, postgresql_where=only)

    op.drop_table('complaint_hour')
    op.create_table(
        'complaint_hour',
        sa.Column('hour', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('unit_id', sa.Integer(), sa.ForeignKey('unit.id'), nullable=False),
        sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('hour', 'unit_id', 'channel', 'kind'),
        sqlite_with_rowid=False,
    )
    op.create_index('ix_complaint_hour_unit', 'complaint_hour', ['unit_id', 'hour'])
    _count_again()


# (channel, old kind) → new kind
KINDS = {
    ('balcao_virtual', 'nao_atende'): 'ninguem_entra',
    ('balcao_virtual', 'sem_resposta'): 'ninguem_entra',
    ('telefone', 'sem_resposta'): 'nao_atende',
    ('telefone', 'link_nao_abre'): 'nao_completa',
    ('whatsapp', 'nao_atende'): 'sem_resposta',
    ('whatsapp', 'link_nao_abre'): 'contato_errado',
    ('whatsapp', 'caiu_no_meio'): 'outro',
    ('email', 'nao_atende'): 'sem_resposta',
    ('email', 'link_nao_abre'): 'outro',
    ('email', 'caiu_no_meio'): 'outro',
    ('agendamento', 'nao_atende'): 'nao_fui_atendido',
    ('agendamento', 'sem_resposta'): 'nao_fui_atendido',
    ('agendamento', 'caiu_no_meio'): 'link_nao_abre',
}
INDEXES = {
    'ix_complaint_newest': ['occurred_at', 'id'],
    'ix_complaint_due': ['status', 'due_at', 'id'],
    'ix_complaint_owner': ['owner_id', 'status', 'due_at', 'id'],
    'ix_complaint_unit': ['unit_id', 'status', 'due_at', 'id'],
    'ix_complaint_place': ['unit_id', 'occurred_at', 'id'],
    'ix_complaint_situation_id': ['situation_id'],
    'ix_complaint_duplicate_of_id': ['duplicate_of_id'],
    'ix_complaint_waiting_since': ['waiting_since'],
}
PARTIAL_INDEXES = (
    ('ix_complaint_unread', ['due_at', 'id'], 'is_unread'),
    ('ix_complaint_answered', ['answered_at'], 'answered_at IS NOT NULL'),
    ('ix_complaint_rated', ['rated_at'], 'rated_at IS NOT NULL'),
)
CLOSED = "('resolvida', 'nao_confirmada', 'duplicada')"


def _epoch(moment: str) -> str:
    """Return SQL for whole seconds since 1970 (UTC)."""
    if op.get_bind().dialect.name == 'postgresql':
        return f"CAST(FLOOR(EXTRACT(EPOCH FROM {moment})) AS BIGINT)"
    return f"CAST(strftime('%s', {moment}) AS INTEGER)"


def _day(moment: str) -> str:
    """Return SQL for whole days since 1970 at Cuiabá (UTC−4)."""
    return f"(({_epoch(moment)} - 14400) / 86400)"


def _fill_columns() -> None:
    """Fill the new columns from the events, and map old kinds by channel."""
    for (channel, old), new in KINDS.items():
        op.execute(
            f"UPDATE complaint SET kind = '{new}' WHERE channel = '{channel}' AND kind = '{old}'"
        )
    op.execute(
        "UPDATE complaint SET kind = 'outro' WHERE kind = 'agenda_sem_vagas' "
        "AND channel <> 'agendamento'"
    )
    op.execute("UPDATE complaint_event SET author = 'reporter' WHERE who = 'Quem relatou'")
    for column, moves in (
        ('answered_at', "('respondida')"), ('closed_at', CLOSED), ('forwarded_at', "('encaminhada')"),
        ('extended_at', "('prazo_prorrogado')"),
    ):
        first = 'MIN' if column == 'answered_at' else 'MAX'
        op.execute(
            f"UPDATE complaint SET {column} = (SELECT {first}(at) FROM complaint_event "
            f"WHERE complaint_id = complaint.id AND to_status IN {moves})"
        )
    op.execute(f"UPDATE complaint SET closed_at = NULL WHERE status NOT IN {CLOSED}")
    op.execute("UPDATE complaint SET is_on_time = (answered_at <= due_at) WHERE answered_at IS NOT NULL")


def _count_again() -> None:
    """Count people and complaints from the reports; each old report counts as one person."""
    hour, received = f"{_epoch('occurred_at')} / 3600", f"{_epoch('received_at')} / 3600"
    op.execute(
        "INSERT INTO person_report (unit_id, channel, day, mark, received_at, complaint_id) "
        f"SELECT unit_id, channel, {_day('created_at')}, NULL, created_at, id FROM complaint"
    )
    op.execute(
        "INSERT INTO complaint_hour (hour, unit_id, channel, kind, count) "
        f"SELECT {hour}, unit_id, channel, kind, COUNT(*) FROM complaint "
        f"GROUP BY {hour}, unit_id, channel, kind"
    )
    op.execute(
        "INSERT INTO state_hour (hour, channel, kind, count) "
        "SELECT hour, channel, kind, SUM(count) FROM complaint_hour GROUP BY hour, channel, kind"
    )
    op.execute(
        "INSERT INTO people_hour (hour, unit_id, channel, people) "
        f"SELECT {received}, unit_id, channel, COUNT(*) FROM person_report "
        f"GROUP BY {received}, unit_id, channel"
    )
    wait = f"{_day('answered_at')} - {_day('created_at')}"
    op.execute(
        "INSERT INTO answer_day (day, unit_id, wait_days, is_on_time, count) "
        f"SELECT {_day('answered_at')}, unit_id, {wait}, is_on_time, COUNT(*) FROM complaint "
        f"WHERE answered_at IS NOT NULL GROUP BY {_day('answered_at')}, unit_id, {wait}, is_on_time"
    )


NEW_TABLES = (
    'answer_template', 'calibration', 'state_hour', 'status_subscription', 'webhook', 'alarm_rule', 'draft', 'hand_over', 'incident', 'saved_view', 'webhook_delivery', 'answer_day', 'incident_member', 'incident_update', 'people_hour', 'situation', 'visit_hour', 'situation_event', 'attachment', 'open_complaint', 'person_report',
)
NEW_COLUMNS = (
    'version', 'owner_id', 'situation_id', 'duplicate_of_id', 'duplicates', 'is_unread',
    'waiting_since', 'extended_at', 'forwarded_at', 'unit_due_at', 'unit_answered_at',
    'escalated_at', 'answered_at', 'is_on_time', 'closed_at', 'is_resolved', 'is_useful',
    'rated_at', 'withdrawn_at', 'anonymised_at',
)


def downgrade() -> None:
    """Take back; the counts begin again empty."""
    for name in (*INDEXES, *(row[0] for row in PARTIAL_INDEXES)):
        op.drop_index(name, 'complaint')
    with op.batch_alter_table('complaint_event') as table:
        for name in ('staff_id', 'author'):
            table.drop_column(name)
    with op.batch_alter_table('complaint') as table:
        for name in NEW_COLUMNS:
            table.drop_column(name)
    for name in reversed(NEW_TABLES):
        op.drop_table(name)
    op.create_index('ix_complaint_status', 'complaint', ['status'])
    op.create_index('ix_complaint_unit_id', 'complaint', ['unit_id'])
    op.drop_table('complaint_hour')
    op.create_table(
        'complaint_hour',
        sa.Column('hour', Moment(), nullable=False),
        sa.Column('unit_id', sa.Integer(), sa.ForeignKey('unit.id'), nullable=False),
        sa.Column('channel', sa.String(24), nullable=False),
        sa.Column('kind', sa.String(24), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('hour', 'unit_id', 'channel', 'kind'),
    )
    op.create_table(
        'protocol_counter',
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('last', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('year'),
    )
