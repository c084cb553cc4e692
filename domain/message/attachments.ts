import type { Attachment, AttachmentKind, ChannelAbilities } from './model.ts';

/** A file the messenger does not take and that has no address to send instead. */
export interface AttachmentProblem {
  index: number;
  code: 'file_too_large';
  limitBytes: number;
  message: { ru: string; en: string };
}

/** Order in which kinds are sent where they cannot share a call: what is looked at first, what is kept for later last. */
const RANK: Record<AttachmentKind, number> = { picture: 0, video: 0, sticker: 1, audio: 2, voice: 3, file: 4 };

/**
 * Attachments as the messenger takes them, and lines of text for files beyond its limit that have an address. A kind it does not take in
 * this size, shape or type travels as a file.
 */
export function fitAttachments(
  attachments: readonly Attachment[],
  abilities: ChannelAbilities,
): { attachments: Attachment[]; lines: string[] } {
  const fitted = attachments.map((attachment) => asTaken(attachment, abilities));
  return {
    attachments: fitted.filter((attachment) => !isLinked(attachment, abilities)),
    lines: fitted.filter((attachment) => isLinked(attachment, abilities)).map(({ name, url }) => (name === '' ? url! : `${name}: ${url}`)),
  };
}

/**
 * Files no plan can deliver: too large and without an address. The composer and the designer ask before sending; planned all the same, such
 * a file is a part of its own that the messenger refuses, and the refusal takes its usual way.
 */
export function attachmentProblems(attachments: readonly Attachment[], abilities: ChannelAbilities): AttachmentProblem[] {
  return attachments.flatMap((original, index) => {
    const attachment = asTaken(original, abilities);
    if (fits(attachment, attachment.kind, abilities) || attachment.url !== undefined) return [];
    const limitBytes = abilities.fileBytesLimit[attachment.kind];
    const limitMb = Math.floor(limitBytes / 1_000_000);
    return [
      {
        index,
        code: 'file_too_large',
        limitBytes,
        message: {
          ru: `Файл «${original.name}» больше ${limitMb} МБ: уменьшите его или вставьте ссылку на него`,
          en: `The file "${original.name}" is over ${limitMb} MB: make it smaller or paste a link to it`,
        },
      },
    ];
  });
}

/** Calls' worth of attachments, in order: albums of nearly equal size (11 = 6 + 5), everything else alone. Order within a group is the author's. */
export function groupAttachments(attachments: readonly Attachment[], abilities: ChannelAbilities): Attachment[][] {
  const albumOf = (kind: AttachmentKind) => abilities.albums.findIndex((album) => album.kinds.includes(kind));
  // Kinds that share calls keep the author's order among each other; so do files of one kind.
  const rankOf = (kind: AttachmentKind) => {
    const album = abilities.albums[albumOf(kind)];
    return album === undefined ? RANK[kind] : Math.min(...album.kinds.map((member) => RANK[member]));
  };
  const sorted = [...attachments].sort((a, b) => rankOf(a.kind) - rankOf(b.kind) || albumOf(a.kind) - albumOf(b.kind));
  const runs: Attachment[][] = [];
  for (const attachment of sorted) {
    const album = albumOf(attachment.kind);
    const run = runs.at(-1);
    if (album >= 0 && run !== undefined && albumOf(run[0]!.kind) === album) run.push(attachment);
    else runs.push([attachment]);
  }
  return runs.flatMap((run) => balanced(run, abilities.albums[albumOf(run[0]!.kind)]?.most ?? 1));
}

/** Chunks of at most `most`, as few and as equal as possible, the larger ones first. */
export function balanced<T>(items: readonly T[], most: number): T[][] {
  const count = Math.ceil(items.length / most);
  const size = Math.floor(items.length / count);
  const larger = items.length % count;
  return Array.from({ length: count }, (_, index) => {
    const from = index * size + Math.min(index, larger);
    return items.slice(from, from + size + (index < larger ? 1 : 0));
  });
}

function asTaken(attachment: Attachment, abilities: ChannelAbilities): Attachment {
  const { kind } = attachment;
  const takenAsIs = hasTakenType(attachment, abilities) && hasTakenShape(attachment, abilities) && fits(attachment, kind, abilities);
  return takenAsIs || kind === 'file' ? attachment : { ...attachment, kind: 'file' };
}

function fits(attachment: Attachment, kind: AttachmentKind, abilities: ChannelAbilities): boolean {
  return (attachment.sizeBytes ?? 0) <= abilities.fileBytesLimit[kind];
}

function hasTakenType({ kind, mime }: Attachment, abilities: ChannelAbilities): boolean {
  const taken = abilities.mimes?.[kind];
  // An unknown type is tried as what the author called it.
  return (
    taken === undefined || mime === '' || mime === 'application/octet-stream' || taken.includes(mime.toLowerCase().split(';')[0]!.trim())
  );
}

function hasTakenShape({ kind, widthPx, heightPx }: Attachment, { pictureShape }: ChannelAbilities): boolean {
  if (kind !== 'picture' || pictureShape === undefined || !widthPx || !heightPx) return true;
  const ratio = Math.max(widthPx, heightPx) / Math.min(widthPx, heightPx);
  return widthPx + heightPx <= pictureShape.sidesSumPx && ratio <= pictureShape.ratio;
}

function isLinked(attachment: Attachment, abilities: ChannelAbilities): boolean {
  return !fits(attachment, attachment.kind, abilities) && attachment.url !== undefined;
}
