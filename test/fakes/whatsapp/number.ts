import { EventQueue } from './events.ts';
import { ApiFailure } from './failure.ts';
import type { CheckedMessage } from './limits.ts';
import { checkFilled, type FakeTemplate, pressable } from './templates.ts';
import type { ClientOptions, FakeFile, TranscriptItem } from './types.ts';
import { mayBe } from './uploads.ts';
import { preciseNow } from './wire.ts';

const DAY_MS = 86_400_000;

export interface FakeChat {
  phone: string;
  userId: string;
  name: string;
  hidesPhone: boolean;
  lost: boolean;
  lastWroteAt: number;
  items: TranscriptItem[];
}

/** One phone number of a business: who it talks to, its deliveries. */
export class FakeNumber {
  readonly phoneNumberId: string;
  readonly businessAccountId: string;
  readonly token: string;
  readonly appSecret: string;
  readonly name: string;
  readonly phone: string;
  readonly chats = new Map<string, FakeChat>();
  readonly events: EventQueue;
  /** Uploads by id. */
  readonly uploads = new Map<string, FakeFile>();
  readonly templates = new Map<string, FakeTemplate>();
  revoked = false;
  forbidsOverrides = false;
  readonly #number: number;
  #lastId = 0;

  constructor(options: { phoneNumberId: string; name: string; number: number; timeScale: number }) {
    this.#number = options.number;
    this.phoneNumberId = options.phoneNumberId;
    this.businessAccountId = `10229012934${options.number}`;
    this.token = `EAAJi${options.number}ZBq0ZCtoken${'x'.repeat(20)}`;
    this.appSecret = `app5ecret${options.number}${'0a1b2c3d'.repeat(3)}`;
    this.name = options.name;
    this.phone = `1555000${String(1111 + options.number)}`;
    this.events = new EventQueue({ appSecret: this.appSecret, businessAccountId: this.businessAccountId, timeScale: options.timeScale });
  }

  messageId(): string {
    this.#lastId += 1;
    return `wamid.HBgL${Buffer.from(`${this.#number}/${this.#lastId}/${'FA3C'.repeat(4)}`).toString('base64')}`;
  }

  mediaId(): string {
    this.#lastId += 1;
    return `${this.#number + 1}${String(this.#lastId).padStart(12, '0')}`;
  }

  /** By phone, or by the id of a client who hides theirs. */
  chatOf(given: string, options: ClientOptions = {}): FakeChat {
    const phone = given.replace(/^\+/, '');
    let chat = this.find(phone);
    if (chat === undefined) {
      chat = {
        phone,
        userId: options.userId ?? `RU.1349${phone.padStart(12, '0')}`,
        name: `Client ${phone}`,
        hidesPhone: false,
        lost: false,
        lastWroteAt: 0,
        items: [],
      };
      this.chats.set(phone, chat);
    }
    chat.name = options.name ?? chat.name;
    chat.hidesPhone = options.hidesPhone ?? chat.hidesPhone;
    return chat;
  }

  find(address: string): FakeChat | undefined {
    const phone = address.replace(/^\+/, '');
    return this.chats.get(phone) ?? [...this.chats.values()].find(({ userId }) => userId === address);
  }

  /** A change with the metadata that every one has. */
  push(field: string, value: Record<string, unknown>, options: { lane: string; id: string }): void {
    const metadata = { display_phone_number: this.phone, phone_number_id: this.phoneNumberId };
    this.events.push(options.id, { field, value: { messaging_product: 'whatsapp', metadata, ...value } }, options.lane);
  }

  /** A message of ours that passed all checks of its form. */
  accept(message: CheckedMessage): { id: string; chat: FakeChat } {
    const chat = this.find(message.to);
    if (chat === undefined || chat.lost) throw new ApiFailure(131026, 'Message undeliverable', 'Message Undeliverable.');
    if (message.template === undefined && Date.now() - chat.lastWroteAt > DAY_MS) {
      throw new ApiFailure(131047, 'Re-engagement message', 'Message failed to send because more than 24 hours have passed.');
    }
    const template = message.template === undefined ? undefined : checkFilled(this.templates, message.template);
    const file = message.media?.id === undefined ? undefined : this.#uploaded(message.media.kind, message.media.id);
    const id = this.messageId();
    const item: TranscriptItem = { from: 'business', at: preciseNow(), id, kind: message.kind, text: message.text };
    if (file !== undefined)
      Object.assign(item, { file: { ...file, name: message.media?.name ?? file.name }, fileKind: message.media?.kind });
    for (const field of ['buttons', 'template', 'replyTo', 'callbackData'] as const) {
      if (message[field] !== undefined) Object.assign(item, { [field]: message[field] });
    }
    if (template !== undefined) Object.assign(item, pressable(template, message.template!));
    chat.items.push(item);
    return { id, chat };
  }

  #uploaded(kind: string, id: string): FakeFile {
    const file = this.uploads.get(id);
    if (file === undefined) throw new ApiFailure(131053, 'Media upload error', `media ${id} is not known`);
    if (!mayBe(kind, file.mime)) throw new ApiFailure(131053, 'Media upload error', `${file.mime} cannot be a ${kind}`);
    return file;
  }
}
