import { abilitiesOf, CHANNEL_TYPES } from '../../domain/message/abilities.ts';
import { attachmentProblems } from '../../domain/message/attachments.ts';
import type { Attachment, AttachmentKind } from '../../domain/message/model.ts';
import { planParts } from '../../domain/message/plan.ts';
import { currentLanguage } from '../i18n/index.ts';
import type { ComposerFile } from './use-files.ts';

/** Until the server has looked inside, the browser's type says what a file is. */
function kindOf(file: ComposerFile): AttachmentKind {
  if (file.stored !== undefined) return file.stored.kind;
  const [family] = file.blob.type.split('/');
  return family === 'image' ? 'picture' : family === 'video' || family === 'audio' ? family : 'file';
}

/** In how many messages the text and files will arrive, by the same plan that sends them; or why they cannot. */
export function planOf(
  text: string,
  files: readonly ComposerFile[],
  channelType: string,
): { messages: number; problem: string | undefined } {
  if (!CHANNEL_TYPES.includes(channelType)) return { messages: 1, problem: undefined };
  const abilities = abilitiesOf(channelType);
  const attachments = files.map(
    (file): Attachment => ({
      kind: kindOf(file),
      fileId: file.stored?.id ?? file.key,
      name: file.name,
      mime: file.stored?.mime ?? file.blob.type,
      sizeBytes: file.blob.size,
    }),
  );
  const [problem] = attachmentProblems(attachments, abilities);
  return {
    messages: planParts({ text: text.trim(), attachments, buttons: [] }, abilities).length,
    problem: problem?.message[currentLanguage()],
  };
}
