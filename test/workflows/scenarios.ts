/** Small bots for the workflow tests, in the vendor's own spelling. */

/** Two questions with buttons, one after another; waits without a timer. */
export const askCityAndColour = {
  0: {
    question: [{ handler: 'show', params: { type: 'buttons', value: 'City?', buttons: ['North', 'South'] } }],
    answer: [
      {
        handler: 'buttons',
        params: [
          { value: 'North', params: [{ handler: 'goto', params: { type: 'question', step: 1 } }] },
          { value: 'South', params: [{ handler: 'goto', params: { type: 'question', step: 1 } }] },
          { type: 'else', params: [{ handler: 'show', params: { type: 'text', value: 'You said {{message_text}}' } }] },
        ],
      },
    ],
  },
  1: {
    question: [{ handler: 'show', params: { type: 'buttons', value: 'Colour?', buttons: ['Red'] } }],
    answer: [{ handler: 'buttons', params: [{ value: 'Red', params: [{ handler: 'show', params: { type: 'text', value: 'Bye' } }] }] }],
  },
};

export const sayGotIt = { 0: { question: [{ handler: 'show', params: { type: 'text', value: 'Got it' } }] } };

/** A question, and another word after this many seconds without an answer; then it waits on, without a timer. */
export const askAgainAfter = (seconds: number) => ({
  0: {
    question: [{ handler: 'show', params: { type: 'buttons', value: 'City?', buttons: ['North'] } }],
    answer: [{ handler: 'buttons', params: [{ value: 'North', params: [{ handler: 'show', params: { type: 'text', value: 'Bye' } }] }] }],
    no_answer: { handler: 'goto', params: { type: 'question', step: 1 } },
  },
  1: {
    question: [
      {
        handler: 'waits',
        params: {
          logic: 'or',
          conditions: [{ event: { source: 'timer', action: 'ended', delay: seconds }, action: { type: 'question', step: 2 } }],
        },
      },
    ],
  },
  2: {
    question: [{ handler: 'show', params: { type: 'buttons', value: 'Still there?', buttons: ['Yes'] } }],
    answer: [{ handler: 'buttons', params: [{ value: 'Yes', params: [{ handler: 'show', params: { type: 'text', value: 'Bye' } }] }] }],
  },
});

/** A word, a pause, and a question that waits without a timer. */
export const pauseThenAsk = (seconds: number) => ({
  0: {
    question: [
      { handler: 'show', params: { type: 'text', value: 'One moment' } },
      {
        handler: 'waits',
        params: {
          logic: 'or',
          conditions: [{ event: { source: 'timer', action: 'ended', delay: seconds }, action: { type: 'question', step: 1 } }],
        },
      },
    ],
  },
  1: {
    question: [{ handler: 'show', params: { type: 'buttons', value: 'Still there?', buttons: ['Yes'] } }],
    answer: [{ handler: 'buttons', params: [{ value: 'Yes', params: [{ handler: 'show', params: { type: 'text', value: 'Bye' } }] }] }],
  },
});

/** A word, a pause, and a last word. */
export const pauseThenSay = (seconds: number) => ({
  ...pauseThenAsk(seconds),
  1: { question: [{ handler: 'show', params: { type: 'text', value: 'Bye' } }] },
});
