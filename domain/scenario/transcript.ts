/** A transcript as lines of text: for the terminal and for tests that read as conversations. */
import type { Command } from './model.ts';
import type { TranscriptLine } from './simulate.ts';

/** One line each: `client: …`, `bot: … [A] [B]`, `… 10 min …`, `stage 142`, `waits for message, until 10 min`, `ended: completed`. */
export function formatTranscript(lines: TranscriptLine[]): string[] {
  return lines.map(formatLine);
}

function formatLine(line: TranscriptLine): string {
  switch (line.type) {
    case 'client':
      return `client: ${line.text}`;
    case 'pressed':
      return `client: [${line.label}]`;
    case 'passed':
      return `… ${duration(line.ms)} …`;
    case 'bot':
      return [
        'bot:',
        line.template === undefined ? '' : `{${line.template}}`,
        line.text,
        ...line.attachments.map((file) => `<${file}>`),
        ...line.buttons.map((label) => `[${label}]`),
      ]
        .filter((part) => part !== '')
        .join(' ');
    case 'refused':
      return `refused: ${line.words}`;
    case 'changed':
      return change(line.command);
    case 'waits': {
      const what = { message: 'message', timer: 'timer', messageOrTimer: 'message or timer' }[line.for];
      return `step ${line.step} waits for ${what}${line.untilMs === undefined ? '' : `, ${duration(line.untilMs - line.atMs)} left`}`;
    }
    case 'skipped':
      return `step ${line.step} skipped ${line.handler}: ${line.outcome}`;
    case 'unheard':
      return 'nobody waits for it';
    case 'ended':
      return `ended: ${line.outcome}${line.words === undefined ? '' : ` (${line.words})`}`;
  }
}

function change(command: Exclude<Command, { type: 'sendMessage' }>): string {
  switch (command.type) {
    case 'changeStatus':
      return `stage ${command.statusId}${command.pipelineId === undefined ? '' : ` of pipeline ${command.pipelineId}`}`;
    case 'setTags':
      return `${command.entity} tags +${command.tags.join(', +')}`;
    case 'unsetTags':
      return `${command.entity} tags -${command.tags.join(', -')}`;
    case 'setField': {
      const name =
        command.field.type === 'custom'
          ? `field ${command.field.id}`
          : command.field.type === 'own'
            ? command.field.name
            : command.field.type;
      const values = command.values.map(
        ({ value, enumId, code }) => `${value}${enumId === undefined ? '' : `#${enumId}`}${code === undefined ? '' : ` ${code}`}`,
      );
      return `${command.entity} ${name} ${command.mode === 'add' ? '+=' : '='} ${values.join(', ')}`;
    }
    case 'changeResponsible':
      return `${command.entity} responsible ${command.userId}`;
    case 'closeTalk':
      return 'talk closed';
    case 'answerTalk':
      return 'talk answered';
    case 'startBot':
      return `starts bot ${command.botId}`;
  }
}

/** Whole units where they fit: `10 min`, `1 h 30 min`, `2 d`. */
function duration(ms: number): string {
  const parts: string[] = [];
  let rest = Math.round(ms / 1000);
  for (const [unit, seconds] of [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}
