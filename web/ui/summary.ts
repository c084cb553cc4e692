import { useTranslation } from 'react-i18next';

const kinds = ['picture', 'video', 'audio', 'voice', 'file', 'sticker', 'location', 'contact', 'unsupported'] as const;

/** What a message without text is: the server writes it in brackets where lists show a text. Undefined: it is a text. */
export function kindIn(text: string): (typeof kinds)[number] | undefined {
  return kinds.find((kind) => text === `[${kind}]`);
}

/** What lists say of a chat's last message: its text, or what it is where it has none. */
export function useSummary(): (text: string) => string {
  const { t } = useTranslation();
  return (text) => {
    const kind = kindIn(text);
    return kind === undefined ? text : t(`message.kind.${kind}`);
  };
}
