/** What of a bot's message goes into each chat that it is for: the template where the messenger has them, the text elsewhere, or nothing, and why. */
import { namedTemplates } from '../../db/stores/templates.ts';
import type { ChatRow } from '../../db/turns/rows.ts';
import type { Attachment } from '../../domain/message/model.ts';
import { isWindowClosed } from '../../domain/message/window.ts';
import { failure } from '../../domain/scenario/ended-words.ts';
import type { Command } from '../../domain/scenario/model.ts';
import { templateMessage } from '../../domain/scenario/template-message.ts';
import type { OutgoingDraft } from './outgoing.ts';
import { abilitiesOfChat, type World } from './world.ts';

const HOUR_MS = 3_600_000;

export interface BotCopies {
  copies: { chat: ChatRow; content: Pick<OutgoingDraft, 'text' | 'buttons' | 'template'> }[];
  /** Why the first of those that get nothing does not: the messenger would refuse it. */
  refused: string | undefined;
  /** A chat gets nothing because its messenger has no templates, and the step has no text. */
  skipped: boolean;
}

/** Only a template costs a statement: what its channels have approved under its name. */
export async function botCopies(
  w: World,
  command: Extract<Command, { type: 'sendMessage' }>,
  chats: ChatRow[],
  attachments: Attachment[],
): Promise<BotCopies> {
  const result: BotCopies = { copies: [], refused: undefined, skipped: false };
  const { template, text } = command;
  const takesTemplates = (chat: ChatRow) => template !== undefined && abilitiesOfChat(w, chat).templates === true;
  const ids = chats.filter(takesTemplates).map((chat) => chat.channelId);
  const approved = template === undefined || ids.length === 0 ? new Map() : await namedTemplates(w.tx, w.accountId, ids, template);
  const plain = {
    text,
    buttons: command.buttons.map((button) =>
      button.type === 'url'
        ? { type: 'url' as const, label: button.label, url: button.url ?? '' }
        : { type: 'reply' as const, label: button.label },
    ),
  };
  const refuse = (words: string) => {
    result.refused ??= words;
  };
  for (const chat of chats) {
    const abilities = abilitiesOfChat(w, chat);
    const closed = isWindowClosed(abilities, chat.lastClientAt, w.at);
    // What a closed window has refused before does not stand in a template's way, as it does not in a person's.
    const asTemplate = takesTemplates(chat);
    if (template !== undefined && !asTemplate && text.trim() === '') result.skipped = true;
    else if (!chat.reachable && !(asTemplate && closed))
      refuse(chat.unreachableWords || 'The client cannot be reached until they write again');
    else if (template !== undefined && asTemplate) {
      const content = templateMessage(template, approved.get(chat.channelId), attachments);
      if ('refused' in content) refuse(content.refused);
      else result.copies.push({ chat, content });
    } else if (closed)
      refuse(failure(abilities.templates === true ? 'windowClosed' : 'windowOver', Math.round((abilities.windowMs ?? 0) / HOUR_MS)));
    else result.copies.push({ chat, content: plain });
  }
  return result;
}
