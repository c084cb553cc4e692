/** The poll that comes with the program, as a bot's file: read, changed and published like any other. */
import type { NpsSettings } from '../db/settings.ts';

type Scale = NpsSettings['scale'];

const DAY_SECONDS = 24 * 3600;
const ASK = 0;
const WHY = 10;
const THANKS = 20;
const SORRY = 30;
const SILENCE = 40;

const words = {
  ru: {
    name: 'Оценка беседы',
    ask: ({ from, to }: Scale) => `Оцените, пожалуйста, как мы вам помогли, от ${from} до ${to}.`,
    why: 'Жаль, что не получилось лучше. Что нам исправить? Ответьте одним сообщением.',
    thanks: 'Спасибо за оценку!',
    sorry: 'Спасибо, что рассказали. Передали руководителю.',
    titles: {
      ask: 'Просит оценку',
      why: 'Низкая оценка: что исправить?',
      thanks: 'Благодарит',
      sorry: 'Комментарий получен',
      silence: 'Сутки без ответа',
    },
  },
  en: {
    name: 'Rating of a conversation',
    ask: ({ from, to }: Scale) => `How well did we help you? Please rate it from ${from} to ${to}.`,
    why: 'We are sorry it was not better. What should we change? Please answer in one message.',
    thanks: 'Thank you for the rating!',
    sorry: 'Thank you for telling us. The head of the team has it now.',
    titles: {
      ask: 'Asks for a rate',
      why: 'Low rate: what should change?',
      thanks: 'Says thank you',
      sorry: 'Comment received',
      silence: 'A day without an answer',
    },
  },
} as const;

export const shippedScales: readonly Scale[] = [
  { from: 1, to: 10 },
  { from: 0, to: 10 },
  { from: 1, to: 5 },
  { from: 0, to: 5 },
];

/** Rates up to it are low on a scale: a follow-up is asked, and the alarm is raised unless people chose another threshold. */
export const lowRate = ({ to }: Pick<Scale, 'to'>): number => (to === 10 ? 6 : 3);

/**
 * Asks for a rate with a button for each, takes a press or a text that is only a number of the scale, asks one follow-up at a low rate whose answer is the
 * comment (`{{cf.talk.nps_comment}}`), and is over after a day's silence. Anything else the client writes ends it: it is a question to people.
 */
export function shippedPoll(language: 'ru' | 'en', scale: Scale): string {
  const said = words[language];
  const rates = Array.from({ length: scale.to - scale.from + 1 }, (_, index) => String(scale.from + index));
  const say = (text: string, buttons: string[] = []) => ({
    handler: 'send_message',
    params: { type: 'external', tag: '', text, buttons: buttons.map((label) => ({ type: 'inline', text: label })), attachments: [] },
  });
  const set = (field: string, value: string) => ({
    handler: 'action',
    params: { name: 'set_custom_fields', params: { custom_field: `{{${field}}}`, value } },
  });
  const goto = (step: number, type = 'question') => ({ handler: 'goto', params: { type, step } });
  const isLow = { term1: '{{cf.talk.nps}}', operation: 'in_range', term2: { from: String(scale.from), to: String(lowRate(scale)) } };
  const isRate = { client_value: '{{message_text}}', type: 'regex', condition_value: `/^\\s*(?:${rates.toReversed().join('|')})\\s*$/` };
  const end = goto(THANKS, 'finish');
  const steps = {
    [ASK]: {
      question: [say(said.ask(scale), rates)],
      answer: [
        {
          handler: 'validations',
          params: {
            logic: 'and',
            conditions: [isRate],
            result: [
              set('cf.talk.nps', '{{last_validation_result}}'),
              { handler: 'conditions', params: { logic: 'and', conditions: [isLow], result: [goto(WHY)] } },
              goto(THANKS),
            ],
          },
        },
        end,
      ],
      no_answer: goto(SILENCE),
    },
    [WHY]: {
      question: [say(said.why)],
      answer: [set('cf.talk.nps_comment', '{{message_text}}'), goto(SORRY)],
      no_answer: goto(SILENCE),
    },
    [THANKS]: { question: [say(said.thanks), end] },
    [SORRY]: { question: [say(said.sorry), end] },
    [SILENCE]: {
      question: [
        {
          handler: 'waits',
          params: {
            logic: 'or',
            conditions: [{ event: { source: 'timer', action: 'ended', delay: DAY_SECONDS }, action: { type: 'finish', step: THANKS } }],
          },
        },
      ],
    },
    conversation: false,
  };
  const drawn = [
    { step: ASK, name: said.titles.ask, x: 400, y: 0 },
    { step: WHY, name: said.titles.why, x: 900, y: -200 },
    { step: THANKS, name: said.titles.thanks, x: 900, y: 200 },
    { step: SORRY, name: said.titles.sorry, x: 1400, y: -200 },
    { step: SILENCE, name: said.titles.silence, x: 900, y: 600 },
  ].map((block, index) => ({ id: index + 1, type: 'question', z: 100, width: 400, height: 300, deletable: true, actions: [], ...block }));
  const file = {
    type_functionality: 'nps',
    model: { name: said.name, type: 2, text: JSON.stringify(steps), positions: JSON.stringify(drawn) },
  };
  return JSON.stringify(file, null, 2);
}
