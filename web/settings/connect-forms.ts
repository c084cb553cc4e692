import type { Channel, NewChannel } from '../../api/contract/index.ts';
import type { TextKey } from '../i18n/index.ts';

/** One value that a messenger is connected with; `name` is the API's own, so that what the server finds wrong with it is said beside it. */
export interface ConnectField {
  name: string;
  label: TextKey;
  hint?: TextKey;
  placeholder?: string;
  required?: boolean;
  type?: 'url';
  inputMode?: 'numeric';
  maxLength?: number;
  /** Several lines, one value each. */
  lines?: boolean;
  /** What stands there before anything is written. */
  initial?: TextKey;
  /** Says whose fault it is, around the server's `words`. */
  wrong?: TextKey;
}

/** What has to be entered elsewhere once a channel is connected. */
export interface Told {
  warning?: TextKey;
  about?: TextKey;
  values: { label: TextKey; value: string }[];
  below?: TextKey;
}

/** One messenger's form: what to get at the vendor, what is asked for here, what is told afterwards. */
export interface ConnectForm {
  short: TextKey;
  about?: TextKey;
  steps?: { words: TextKey; link?: { text: string; href: string } }[];
  fields: ConnectField[];
  /** Folded away, since hardly anybody needs them. */
  rare?: { summary: TextKey; about?: TextKey; fields: ConnectField[] };
  /** The messenger's own address, where a proxy or a test server may stand in its place. */
  apiAddress?: string;
  /** The messenger can be asked for messages as well as deliver them. */
  canBePolled?: boolean;
  /** Where the values belong; credentials, where nothing else is said. */
  settings?: (values: Record<string, string>) => NewChannel['settings'];
  told?: (channel: Channel, values: Record<string, string>) => Told | undefined;
}

const botToken = { name: 'token', label: 'connect.token', required: true, wrong: 'connect.tokenWrong' } as const;

/** Messengers in the order in which they are offered. Others that the API knows are connected by the API. */
export const connectForms = {
  telegram: {
    short: 'connect.telegram.short',
    steps: [
      { words: 'connect.telegram.1', link: { text: '@BotFather', href: 'https://t.me/BotFather' } },
      { words: 'connect.telegram.2' },
      { words: 'connect.telegram.3' },
    ],
    fields: [{ ...botToken, placeholder: '123456789:AA…' }],
    apiAddress: 'api.telegram.org',
    canBePolled: true,
  },
  vk: {
    short: 'connect.vk.short',
    steps: [{ words: 'connect.vk.1' }, { words: 'connect.vk.2' }, { words: 'connect.vk.3' }],
    fields: [
      { name: 'token', label: 'connect.vk.token', placeholder: 'vk1.a.…', required: true },
      { name: 'groupId', label: 'connect.vk.groupId', hint: 'connect.vk.groupIdHint', placeholder: '123456', required: true },
    ],
    rare: {
      summary: 'connect.vk.byHand',
      about: 'connect.vk.byHandHint',
      fields: [
        { name: 'confirmationCode', label: 'connect.vk.confirmationCode' },
        { name: 'secret', label: 'connect.vk.secret', maxLength: 50 },
      ],
    },
    apiAddress: 'api.vk.ru',
    canBePolled: true,
    told: ({ webhookUrl }, { confirmationCode }) =>
      confirmationCode === undefined
        ? undefined
        : { about: 'connect.vk.addressHint', values: [{ label: 'connect.vk.address', value: webhookUrl }] },
  },
  viber: {
    short: 'connect.viber.short',
    steps: [
      { words: 'connect.viber.1', link: { text: 'partners.viber.com', href: 'https://partners.viber.com' } },
      { words: 'connect.viber.2' },
      { words: 'connect.viber.3' },
    ],
    fields: [
      { ...botToken, placeholder: '445da6az1s345z78-dazcczb2542zv51a-e0vc5fva17480im9' },
      { name: 'senderName', label: 'connect.senderName', hint: 'connect.senderNameHint', maxLength: 28 },
    ],
    apiAddress: 'chatapi.viber.com/pa',
  },
  max: {
    short: 'connect.max.short',
    steps: [
      { words: 'connect.max.1', link: { text: 'business.max.ru', href: 'https://business.max.ru' } },
      { words: 'connect.max.2' },
      { words: 'connect.max.3' },
    ],
    fields: [{ ...botToken, placeholder: 'f9LHodD0cOI…' }],
    apiAddress: 'platform-api2.max.ru',
    canBePolled: true,
  },
  whatsapp: {
    short: 'connect.whatsapp.short',
    steps: [
      { words: 'connect.whatsapp.1', link: { text: 'developers.facebook.com', href: 'https://developers.facebook.com/apps' } },
      { words: 'connect.whatsapp.2' },
      { words: 'connect.whatsapp.3' },
    ],
    fields: [
      { name: 'token', label: 'connect.whatsapp.token', placeholder: 'EAA…', required: true },
      {
        name: 'phoneNumberId',
        label: 'connect.whatsapp.phoneNumberId',
        hint: 'connect.whatsapp.phoneNumberIdHint',
        inputMode: 'numeric',
        required: true,
      },
      { name: 'appSecret', label: 'connect.whatsapp.appSecret', hint: 'connect.whatsapp.appSecretHint', required: true },
      {
        name: 'businessAccountId',
        label: 'connect.whatsapp.businessAccountId',
        hint: 'connect.whatsapp.businessAccountIdHint',
        inputMode: 'numeric',
      },
    ],
    apiAddress: 'graph.facebook.com',
    told: ({ facts, webhookUrl, secret }) =>
      facts.webhook === 'manual'
        ? {
            about: 'connect.whatsapp.byHand',
            values: [
              { label: 'connect.whatsapp.address', value: webhookUrl },
              { label: 'connect.whatsapp.verifyToken', value: secret ?? '' },
            ],
          }
        : undefined,
  },
  webchat: {
    short: 'connect.webchat.short',
    about: 'connect.webchat.about',
    fields: [
      { name: 'title', label: 'webchat.title', required: true, initial: 'webchat.titleDefault' },
      { name: 'origins', label: 'webchat.origins', hint: 'webchat.originsHint', placeholder: 'https://shop.example.com', lines: true },
    ],
    settings: ({ title, origins = '' }) => ({ title, origins: origins.split(/\s+/).filter(Boolean) }),
  },
  custom: {
    short: 'custom.short',
    about: 'custom.about',
    fields: [
      {
        name: 'webhookUrl',
        label: 'custom.webhookUrl',
        hint: 'custom.webhookUrlHint',
        placeholder: 'https://example.com/hooks/:scope_id',
        type: 'url',
        required: true,
      },
    ],
    rare: {
      summary: 'custom.keep',
      fields: [
        { name: 'channelId', label: 'custom.channelId' },
        { name: 'secret', label: 'custom.secret' },
      ],
    },
    told: ({ channelId, secret, facts: { scopeId } }) => ({
      warning: 'custom.once',
      values: [
        { label: 'custom.channelId', value: channelId ?? '' },
        { label: 'custom.secret', value: secret ?? '' },
        ...(scopeId === undefined ? [] : [{ label: 'custom.scopeId', value: scopeId } as const]),
      ],
      ...(scopeId === undefined ? { below: 'custom.scope' } : {}),
    }),
  },
} satisfies Record<string, ConnectForm>;

export type ConnectType = keyof typeof connectForms;
export const connectTypes = Object.keys(connectForms) as ConnectType[];

/** The form of a messenger, whichever it is. */
export const connectForm = (type: ConnectType): ConnectForm => connectForms[type];

/** Names of all values that a form has a field for. */
export const fieldNames = (form: ConnectForm): string[] => [
  ...[...form.fields, ...(form.rare?.fields ?? [])].map(({ name }) => name),
  ...(form.apiAddress === undefined ? [] : ['apiRoot']),
  ...(form.canBePolled === true ? ['receive'] : []),
];

/** What is sent to the API; values that were left empty are left out. */
export function newChannel(type: ConnectType, data: FormData): { body: NewChannel; values: Record<string, string> } {
  const form = connectForm(type);
  const given = Object.fromEntries(
    [...data].map(([name, value]) => [name, String(value).trim()] as const).filter(([, value]) => value !== ''),
  );
  const { name, apiRoot, receive, ...values } = given;
  const body = {
    type,
    ...(name === undefined ? {} : { name }),
    ...(apiRoot === undefined ? {} : { apiRoot }),
    ...(receive === undefined ? {} : { receive: receive as NewChannel['receive'] }),
    ...(form.settings === undefined ? { credentials: values } : { settings: form.settings(values) }),
  };
  return { body, values };
}
