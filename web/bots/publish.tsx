import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, Published, ScenarioProblem } from '../../api/contract/index.ts';
import { ApiProblem } from '../data/client.ts';
import { order } from '../data/orders.ts';
import { problemWords } from '../data/words.ts';
import { Notice } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { refetchBot } from './bot-page.tsx';
import { Problems } from './problems.tsx';

/** What publishing found that the draft did not have yet when it was saved: templates are approved and withdrawn meanwhile. */
function problemsOf(error: unknown): ScenarioProblem[] | undefined {
  if (!(error instanceof ApiProblem) || error.code !== 'unpublishable') return undefined;
  return (error.body.data as { problems?: ScenarioProblem[] } | undefined)?.problems;
}

/** Publishing makes a new version for ever. Errors stop it; warnings want a tick that they were seen. */
export function Publish({ bot, refused }: { bot: Bot; refused: string | undefined }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [seen, setSeen] = useState(false);
  const [working, setWorking] = useState(false);
  const [found, setFound] = useState<ScenarioProblem[]>();
  const problems = found ?? bot.problems;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const publish = async () => {
    setWorking(true);
    try {
      const { version, stayOn } = await order<Published>(`/api/bots/${bot.id}/publish`, { acceptWarnings: warnings > 0 });
      const staying = stayOn.reduce((sum, { running }) => sum + running, 0);
      toast({ text: staying > 0 ? t('bot.publishedStay', { version, count: staying }) : t('bot.published', { version }) });
      setOpen(false);
    } catch (error) {
      const since = problemsOf(error);
      if (since !== undefined) {
        setFound(since);
        setSeen(false);
        setOpen(true);
      }
      toast({ state: 'late', text: problemWords(error) });
    } finally {
      setWorking(false);
      await refetchBot(bot.id);
    }
  };
  return (
    <>
      <Button
        kind="primary"
        disabled={refused !== undefined || working || !(bot.changed || bot.liveVersion === null)}
        title={refused ?? (bot.changed || bot.liveVersion === null ? undefined : t('bot.nothingToPublish'))}
        onClick={() => {
          setSeen(false);
          setFound(undefined);
          if (bot.problems.length === 0) void publish();
          else setOpen(true);
        }}
      >
        {t('bot.publish')}
      </Button>
      {open && (
        <Dialog onClose={() => setOpen(false)} title={t('bot.publishTitle', { name: bot.name })} size={620}>
          <div className={pageCss.stack}>
            {errors > 0 && <Notice state="late">{t('bot.errorsStop', { count: errors })}</Notice>}
            <Problems problems={problems} />
            {errors === 0 && (
              <Checkbox label={t('bot.acceptWarnings')} checked={seen} onChange={(event) => setSeen(event.target.checked)} />
            )}
            <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
              <Button onClick={() => setOpen(false)}>{t('common.cancel')}</Button>
              <Button kind="primary" disabled={errors > 0 || !seen || working} onClick={() => void publish()}>
                {t('bot.publish')}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
