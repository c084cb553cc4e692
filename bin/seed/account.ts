/** The frame of a seeded account: colleagues, channels, a bot. Ordinary rows, made through the stores that the product uses. */
import { readFileSync } from 'node:fs';
import { readImport } from '../../api/bot-drafts.ts';
import type { Sql } from '../../db/connection.ts';
import { completeSettings } from '../../db/settings.ts';
import { insertBot, publishVersion } from '../../db/stores/bots.ts';
import type { Schedule } from '../../domain/schedule/model.ts';

export interface Frame {
  accountId: number;
  timeZone: string;
  schedule: Schedule;
  scaleTo: number;
  userIds: number[];
  channelIds: number[];
  botId: number;
  botName: string;
  pipelineId: number;
  openStageIds: number[];
  incomingStageId: number | undefined;
  wonStageId: number;
  lostStageId: number;
  phoneFieldId: number | undefined;
  emailFieldId: number | undefined;
}

const NAMES =
  'Мария Литвин|Oscar Wells|Сергей Ткач|Nora Marsh|Елена Шамрай|Peter Quill|Алексей Голуб|Julia Stone|Павел Дрозд|Vera Lane'.split('|');
const CHANNELS = ['Сайт', 'Shop', 'Поддержка', 'Wholesale', 'Акции'];

/** Adds what is missing for made-up conversations: `users` colleagues who cannot sign in, five web chats, a published bot without triggers. */
export async function makeFrame(sql: Sql, accountId: number, users: number, madeAt: number): Promise<Frame> {
  const [account] = await sql<{ timeZone: string; settings: Record<string, unknown> | null }[]>`
    select a.time_zone "timeZone", s.data settings from accounts a left join settings s on s.account_id = a.id where a.id = ${accountId}`;
  if (account === undefined) throw new Error(`There is no account ${accountId}`);
  const settings = completeSettings(account.settings ?? undefined);
  const known = await sql<{ id: number }[]>`select id from users where account_id = ${accountId} and is_active order by id`;
  const wanted = Array.from({ length: Math.max(0, users - known.length) }, (_, index) => ({
    account_id: accountId,
    name: index < NAMES.length ? NAMES[index]! : `${NAMES[index % NAMES.length]!} ${Math.floor(index / NAMES.length) + 1}`,
    email: `seeded-${index + 1}@example.com`,
    role: 'manager',
    created_at: madeAt,
  }));
  const made = wanted.length === 0 ? [] : await sql<{ id: number }[]>`insert into users ${sql(wanted)} on conflict do nothing returning id`;
  const channels = await sql<{ id: number }[]>`
    insert into channels ${sql(
      CHANNELS.map((name, index) => ({
        account_id: accountId,
        type: 'webchat',
        name,
        external_id: `seeded-${accountId}-${index}`,
        credentials_sealed: '',
        receive: 'webhook',
        webhook_secret: '',
        created_at: madeAt,
        updated_at: madeAt,
      })),
    )}
    on conflict (type, external_id) where state = 'connected' do update set name = excluded.name returning id`;
  const source = readFileSync(new URL('../../db/demo/greeting-bot.json', import.meta.url), 'utf8');
  const draft = readImport(source);
  if (draft.scenario === undefined) throw new Error('The bot that is shipped with the program cannot run');
  const { scenario } = draft;
  const [there] = await sql<{ id: number }[]>`
    select id from bots where account_id = ${accountId} and name = ${draft.name} and live_version is not null order by id limit 1`;
  const botId =
    there?.id ??
    (await sql.begin(async (tx) => {
      const id = await insertBot(tx, accountId, { name: draft.name, kind: draft.kind, source, problems: draft.problems }, madeAt);
      await publishVersion(tx, accountId, id, { source, scenario, by: null }, madeAt);
      return id;
    }));
  const stages = await sql<{ id: number; pipelineId: number; kind: string }[]>`
    select st.id, st.pipeline_id "pipelineId", st.kind from stages st join pipelines p on p.account_id = st.account_id and p.id = st.pipeline_id
    where st.account_id = ${accountId} order by p.is_main desc, p.sort, st.sort`;
  const pipelineId = stages[0]!.pipelineId;
  const idsOf = (kind: string) => stages.filter((stage) => stage.pipelineId === pipelineId && stage.kind === kind).map(({ id }) => id);
  const fields = await sql<{ id: number; code: string }[]>`
    select id, code from custom_fields where account_id = ${accountId} and entity = 'contact' and code in ('PHONE', 'EMAIL')`;
  return {
    accountId,
    timeZone: account.timeZone,
    schedule: settings.schedule,
    scaleTo: settings.nps.scale.to,
    userIds: [...known, ...made].map(({ id }) => id),
    channelIds: channels.map(({ id }) => id),
    botId,
    botName: draft.name,
    pipelineId,
    openStageIds: idsOf('open'),
    incomingStageId: idsOf('incoming')[0],
    wonStageId: idsOf('won')[0]!,
    lostStageId: idsOf('lost')[0]!,
    phoneFieldId: fields.find(({ code }) => code === 'PHONE')?.id,
    emailFieldId: fields.find(({ code }) => code === 'EMAIL')?.id,
  };
}
