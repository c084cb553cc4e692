/** What the client presses, and what the other button says. */
export const NEXT = 'Next';
export const OTHER = 'Other';

/** The answer that the bot gives to a message. `first`: the message that started the run. */
export const answerTo = (text: string, first: boolean) => `${first ? 'Start' : 'Say'} ${text}`;

/**
 * A bot that answers every message with one message under which buttons stand, and waits: two steps that lead to each other, so that
 * every answer of the client is a question left and a question asked.
 */
export function echoBot(): object {
  const ask = (value: string) => ({ handler: 'show', params: { type: 'buttons', value, buttons: [NEXT, OTHER] } });
  const go = (step: number) => [{ handler: 'goto', params: { type: 'question', step } }];
  const answer = (step: number) => [
    {
      handler: 'buttons',
      params: [
        { value: NEXT, params: go(step) },
        { value: OTHER, params: go(step) },
        { type: 'else', params: go(step) },
      ],
    },
  ];
  return {
    0: { question: [ask(answerTo('{{message_text}}', true))], answer: answer(1) },
    1: { question: [ask(answerTo('{{message_text}}', false))], answer: answer(2) },
    2: { question: [ask(answerTo('{{message_text}}', false))], answer: answer(1) },
    conversation: false,
  };
}
