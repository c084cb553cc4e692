import type { Language } from './people.ts';

/** A line of a conversation: who says it, what, and how many minutes ago. */
export type Line = ['client' | 'us' | 'colleague' | 'note', string, number];

export interface LivelyClient {
  key: string;
  name: string;
  channel: 'first' | 'second';
  lines: Line[];
  lead: string;
  price: number;
  /** Index of the stage in the pipeline, the incoming one being 0. */
  stage: number;
  tags?: string[];
  /** The client's rate of the closed conversation. */
  rate?: number;
  /** Whose client: mine (0), a colleague's (1, 2), nobody's. */
  of: 0 | 1 | 2 | undefined;
  read?: boolean;
}

/** What happens to whom, the same in every language; a price in rubles is a hundred times as much. */
const plot = [
  {
    key: 'delivery',
    channel: 'first',
    price: 384,
    stage: 2,
    of: 0,
    lines: [
      ['client', 55],
      ['us', 52],
      ['client', 49],
      ['note', 47],
      ['us', 45],
      ['client', 12],
    ],
  },
  {
    key: 'late',
    channel: 'second',
    price: 24,
    stage: 1,
    of: 0,
    lines: [
      ['client', 34],
      ['client', 31],
    ],
  },
  {
    key: 'catalog',
    channel: 'first',
    price: 640,
    stage: 3,
    of: 1,
    read: true,
    lines: [
      ['client', 130],
      ['colleague', 121],
      ['client', 118],
    ],
  },
  {
    key: 'nobody',
    channel: 'second',
    price: 0,
    stage: 0,
    of: undefined,
    lines: [['client', 4]],
  },
  {
    key: 'pickup',
    channel: 'first',
    price: 52,
    stage: 2,
    of: 2,
    read: true,
    lines: [
      ['client', 95],
      ['colleague', 90],
      ['client', 88],
    ],
  },
  {
    key: 'rated',
    channel: 'first',
    price: 32,
    stage: 4,
    of: 0,
    read: true,
    rate: 10,
    lines: [
      ['client', 300],
      ['us', 296],
      ['client', 180],
    ],
  },
  {
    key: 'unhappy',
    channel: 'second',
    price: 41,
    stage: 4,
    of: 1,
    read: true,
    rate: 3,
    lines: [
      ['client', 500],
      ['colleague', 320],
      ['client', 318],
    ],
  },
] as const satisfies (Omit<LivelyClient, 'name' | 'lead' | 'tags' | 'lines'> & { lines: [Line[0], number][] })[];
type Key = (typeof plot)[number]['key'];

/** A client of the plot in the words of one language, a line each. */
interface Told {
  name: string;
  lead: string;
  tags?: string[];
  lines: string[];
}

interface LivelyWords {
  account: string;
  stages: string[];
  pipeline: string;
  me: string;
  colleagues: [string, string, string];
  channels: { first: string; second: string; site: string };
  bot: string;
  phone: string;
  visitor: { hello: string; price: string; name: string };
  clients: Record<Key, Told>;
  team: { mine: string; theirs: string }[];
  group: string;
  quick: [string, string][];
  /** Replaces the words of the shipped demo bot. */
  ofBot: Record<string, string>;
}

const ru: LivelyWords = {
  account: 'Чайная лавка',
  pipeline: 'Продажи',
  stages: ['Неразобранное', 'Новая', 'В работе', 'Ждём оплату', 'Отгрузка'],
  me: 'Анна Ковалёва',
  colleagues: ['Игорь Волков', 'Ольга Смирнова', 'Павел Дрозд'],
  channels: { first: 'Telegram магазина', second: 'Группа ВКонтакте', site: 'Чат на сайте' },
  bot: 'Приветствие',
  phone: 'Телефон',
  visitor: { hello: 'Добрый день! Сколько стоит чайник?', price: 'Цены', name: 'Гость с сайта' },
  clients: {
    delivery: {
      name: 'Мария Ершова',
      lead: 'Подарочный набор, 12 шт.',
      tags: ['опт', 'подарки'],
      lines: [
        'Здравствуйте! Нужны 12 подарочных наборов к пятнице, успеете?',
        'Здравствуйте, Мария! Да, наборы есть. Упаковать каждый отдельно?',
        'Да, и открытку в каждый, пожалуйста',
        'Открытки печатает типография: заказать сегодня до 18:00.',
        'Сделаем. Привезём в четверг после обеда, счёт пришлю вечером.',
        'Отлично! А можно привезти в субботу утром?',
      ],
    },
    late: {
      name: 'Олег Савин',
      lead: 'Чайник 1,2 л',
      lines: ['Чайник пришёл с трещиной. Как поменять?', 'Вы здесь?'],
    },
    catalog: {
      name: 'Екатерина Белова',
      lead: 'Кофейня «Зерно»: чай на месяц',
      tags: ['опт'],
      lines: ['Пришлите, пожалуйста, счёт на ноябрь', 'Отправил на почту, проверьте.', 'Получила, оплатим завтра, спасибо'],
    },
    nobody: {
      name: 'Тимур',
      lead: 'Самовар',
      lines: ['Есть ли у вас самовары?'],
    },
    pickup: {
      name: 'Светлана Юдина',
      lead: 'Самовывоз: улун и чашки',
      lines: ['Самовывоз сегодня до скольких?', 'До 20:00, ждём вас.', 'Буду к семи'],
    },
    rated: {
      name: 'Денис Орлов',
      lead: 'Набор на двоих',
      lines: ['Когда придёт мой заказ?', 'Курьер будет сегодня с 15 до 17.', 'Привезли, всё цело, спасибо!'],
    },
    unhappy: {
      name: 'Лидия Панова',
      lead: 'Пуэр, 357 г',
      lines: ['Второй день жду ответа про возврат', 'Простите за задержку. Деньги вернутся в течение трёх дней.', 'Хорошо'],
    },
  },
  team: [
    { theirs: 'Анна, типография спрашивает размер открытки', mine: 'A6, макет пришлю через 10 минут' },
    { theirs: 'Принял. Заказ Ершовой соберём в четверг утром', mine: 'Спасибо! Она просит перенести на субботу, уточняю' },
  ],
  group: 'Склад и доставка',
  quick: [
    ['Адрес и часы работы', 'Мы на Садовой, 12, ежедневно с 10 до 20. Ждём вас, {{contact.first_name}}!'],
    ['Доставка', 'По городу привозим за 1–2 дня, 300 ₽; от 3 000 ₽ бесплатно.'],
    ['Возврат', 'Вернём деньги в течение трёх дней: пришлите, пожалуйста, фотографию и номер заказа.'],
  ],
  ofBot: {},
};

const en: LivelyWords = {
  account: 'Tea Room',
  pipeline: 'Sales',
  stages: ['Incoming', 'New', 'In work', 'Awaiting payment', 'Shipping'],
  me: 'Anna Lane',
  colleagues: ['Igor Wells', 'Olivia Smith', 'Paul Quill'],
  channels: { first: 'Shop on Telegram', second: 'VK group', site: 'Chat on the site' },
  bot: 'Greeting',
  phone: 'Phone',
  visitor: { hello: 'Good day! How much is a kettle?', price: 'Prices', name: 'Visitor' },
  clients: {
    delivery: {
      name: 'Mary Ellis',
      lead: '12 gift boxes',
      tags: ['wholesale', 'gifts'],
      lines: [
        'Hello! I need 12 gift boxes by Friday. Can you make it?',
        'Hello Mary! Yes, we have them. Shall we wrap each one?',
        'Yes, and a card in each, please',
        'The print shop makes the cards: order them today before 18:00.',
        'Will do. We bring them on Thursday afternoon; the invoice comes tonight.',
        'Great! Could you deliver on Saturday morning instead?',
      ],
    },
    late: {
      name: 'Oliver Stone',
      lead: 'Kettle, 1.2 l',
      lines: ['The kettle came with a crack. How can I exchange it?', 'Are you there?'],
    },
    catalog: {
      name: 'Kate Bell',
      lead: 'Grain Coffee House: tea for a month',
      tags: ['wholesale'],
      lines: ['Please send the invoice for November', 'Sent by e-mail, please have a look.', 'Got it, we pay tomorrow, thank you'],
    },
    nobody: {
      name: 'Tim',
      lead: 'Samovar',
      lines: ['Do you have samovars?'],
    },
    pickup: {
      name: 'Susan Young',
      lead: 'To collect: oolong and cups',
      lines: ['Until when can I collect my order today?', 'Until 8 pm. See you!', 'I will be there by seven'],
    },
    rated: {
      name: 'Dennis Ford',
      lead: 'Set for two',
      lines: ['When will my order arrive?', 'The courier comes between 3 and 5 pm.', 'It is here and nothing broke, thank you!'],
    },
    unhappy: {
      name: 'Lydia Park',
      lead: 'Pu-erh, 357 g',
      lines: [
        'I have been waiting two days for an answer about my refund',
        'I am sorry for the delay. The money will be back within three days.',
        'All right',
      ],
    },
  },
  team: [
    { theirs: 'Anna, the print shop asks for the size of the card', mine: 'A6, I send the layout in 10 minutes' },
    {
      theirs: 'Fine. We pack the order of Mary Ellis on Thursday morning',
      mine: 'Thanks! She asks for Saturday instead, I am finding out',
    },
  ],
  group: 'Store and delivery',
  quick: [
    ['Address and hours', 'We are at 12 Garden Street, every day from 10 to 20. See you, {{contact.first_name}}!'],
    ['Delivery', 'In town within 1–2 days, 3 €; free from 30 €.'],
    ['Refund', 'We return the money within three days: please send a photo and the number of your order.'],
  ],
  ofBot: {
    Приветствие: 'Greeting',
    'Здравствуйте! Я бот магазина и отвечу сразу. Что вас интересует?':
      'Hello! I am the bot of this shop and answer at once. What would you like to know?',
    'Кружка — 690 ₽, чайник — 2 400 ₽, набор на двоих — 3 200 ₽. От 5 000 ₽ скидка 10 %.':
      'A mug is 7 €, a kettle 24 €, a set for two 32 €. From 50 € there is 10 % off.',
    'По городу привозим за 1–2 дня, 300 ₽; от 3 000 ₽ бесплатно. Самовывоз — ежедневно с 10 до 20.':
      'In town within 1–2 days, 3 €; free from 30 €. Collect every day from 10 to 20.',
    'Подсказать что-то ещё?': 'Anything else?',
    'Позвать человека': 'Call a person',
    'интерес: цены': 'asks: prices',
    'интерес: доставка': 'asks: delivery',
    Цены: 'Prices',
    Доставка: 'Delivery',
  },
};

/** The plot told in a language. */
function told({ clients, ...words }: LivelyWords, priceTimes: number) {
  return {
    ...words,
    clients: plot.map((client): LivelyClient => {
      const { lines, ...told } = clients[client.key];
      const said = client.lines.map(([who, minutes], index): Line => [who, lines[index]!, minutes]);
      return { ...client, ...told, price: client.price * priceTimes, lines: said };
    }),
  };
}

export const livelyWords = { ru: told(ru, 100), en: told(en, 1) } satisfies Record<Language, unknown>;
