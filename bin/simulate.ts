/** `npm run simulate -- <bot file> <script file>`: plays a bot against a script and prints what happens. Exit code 1 when the bot cannot run. */
import { readFileSync } from 'node:fs';
import { parse } from '../domain/scenario/parse.ts';
import { readScript } from '../domain/scenario/script.ts';
import { simulate } from '../domain/scenario/simulate.ts';
import { formatTranscript } from '../domain/scenario/transcript.ts';

const USAGE = `Usage: npm run simulate -- <bot file> <script file>

The bot file is an export or a step map. The script has one line per event:
  start: text   the message that starts the bot (first line only)
  text          what the client writes
  [Label]       a pressed button
  +10 min       time passes (s, min, h, d)
  !words        the messenger refuses the bot's next message
  # …           a comment`;

process.exitCode = main(process.argv.slice(2));

function main(args: string[]): number {
  const [botFile, scriptFile] = args;
  if (botFile === undefined || scriptFile === undefined) {
    console.error(USAGE);
    return 1;
  }
  const bot = read(botFile);
  const script = read(scriptFile);
  if (bot === undefined || script === undefined) return 1;
  const parsed = parse(bot);
  for (const problem of parsed.ok ? parsed.warnings : parsed.problems) {
    console.error(`${problem.severity}: ${problem.path === '' ? '' : `${problem.path}: `}${problem.message.en}`);
  }
  if (!parsed.ok) return 1;
  for (const line of formatTranscript(simulate(parsed.scenario, readScript(script)))) console.log(line);
  return 0;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    console.error(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
