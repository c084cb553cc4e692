import type { ButtonToWrite } from '../../api/contract/index.ts';
import { abilitiesOf, CHANNEL_TYPES } from '../../domain/message/abilities.ts';
import { attachmentProblems } from '../../domain/message/attachments.ts';
import type { Attachment, AttachmentKind, Button, PartPlan } from '../../domain/message/model.ts';
import { planParts } from '../../domain/message/plan.ts';
import { currentLanguage } from '../i18n/index.ts';
import type { ComposerFile } from './use-files.ts';

/** Until the server has looked inside, the browser's type says what a file is. */
export function kindOf(file: ComposerFile): AttachmentKind {
  if (file.stored !== undefined) return file.stored.kind;
  const [family] = file.blob.type.split('/');
  return family === 'image' ? 'picture' : family === 'video' || family === 'audio' ? family : 'file';
}

export interface ComposerPlan {
  /** The messages that the client gets, in their order; undefined for a messenger that pages do not know. */
  parts: PartPlan[] | undefined;
  problem: string | undefined;
}

/** In which messages text, files and buttons will arrive, by the same plan that sends them; or why they cannot. */
export function planOf(text: string, files: readonly ComposerFile[], buttons: readonly ButtonToWrite[], channelType: string): ComposerPlan {
  if (!CHANNEL_TYPES.includes(channelType)) return { parts: undefined, problem: undefined };
  const abilities = abilitiesOf(channelType);
  const attachments = files.map(
    (file): Attachment => ({
      kind: kindOf(file),
      fileId: file.stored?.id ?? file.key,
      name: file.name,
      mime: file.stored?.mime ?? file.blob.type,
      sizeBytes: file.blob.size,
      ...(file.stored?.widthPx == null ? {} : { widthPx: file.stored.widthPx }),
      ...(file.stored?.heightPx == null ? {} : { heightPx: file.stored.heightPx }),
    }),
  );
  const placed = buttons.map((button, index): Button => (button.type === 'url' ? button : { ...button, key: String(index) }));
  const [problem] = attachmentProblems(attachments, abilities);
  return {
    parts: planParts({ text: text.trim(), attachments, buttons: placed }, abilities),
    problem: problem?.message[currentLanguage()],
  };
}
