import { IconLink, IconLinkOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Pixel } from '../../api/contract/index.ts';
import { findLinks } from '../../domain/links/find-links.ts';
import { call } from '../data/client.ts';
import { useChannels } from '../data/queries.ts';
import { IconButton } from '../ui/button.tsx';

/** The account's tag and where its short links stand. */
export const usePixel = () => useQuery({ queryKey: ['pixel'], queryFn: () => call<Pixel>('GET', '/api/pixel'), staleTime: 60_000 });

interface LinkToggleProps {
  text: string;
  channelId: number;
  /** Undefined: as the channel is set. */
  chosen: boolean | undefined;
  onChoose: (shorten: boolean) => void;
}

/** Whether links of this message go out short; it says what "off" costs. Shown only where the text has a link that could be shortened. */
export function LinkToggle({ text, channelId, chosen, onChoose }: LinkToggleProps) {
  const { t } = useTranslation();
  const pixel = usePixel();
  const channel = useChannels().data?.items.find(({ id }) => id === channelId);
  if (pixel.data?.linkBase == null || channel === undefined || findLinks(text).length === 0) return null;
  const on = chosen ?? channel.shortLinks;
  return (
    <IconButton
      small
      label={t(on ? 'links.toggleOn' : 'links.toggleOff')}
      aria-pressed={on}
      onClick={() => onChoose(!on)}
      data-shorten={on}
    >
      {on ? <IconLink size={18} stroke={1.6} aria-hidden /> : <IconLinkOff size={18} stroke={1.6} aria-hidden />}
    </IconButton>
  );
}
