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
  clients: LivelyClient[];
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
  clients: [
    {
      key: 'delivery',
      name: 'Мария Ершова',
      channel: 'first',
      lead: 'Подарочный набор, 12 шт.',
      price: 38_400,
      stage: 2,
      tags: ['опт', 'подарки'],
      of: 0,
      lines: [
        ['client', 'Здравствуйте! Нужны 12 подарочных наборов к пятнице, успеете?', 55],
        ['us', 'Здравствуйте, Мария! Да, наборы есть. Упаковать каждый отдельно?', 52],
        ['client', 'Да, и открытку в каждый, пожалуйста', 49],
        ['note', 'Открытки печатает типография: заказать сегодня до 18:00.', 47],
        ['us', 'Сделаем. Привезём в четверг после обеда, счёт пришлю вечером.', 45],
        ['client', 'Отлично! А можно привезти в субботу утром?', 12],
      ],
    },
    {
      key: 'late',
      name: 'Олег Савин',
      channel: 'second',
      lead: 'Чайник 1,2 л',
      price: 2400,
      stage: 1,
      of: 0,
      lines: [
        ['client', 'Чайник пришёл с трещиной. Как поменять?', 34],
        ['client', 'Вы здесь?', 31],
      ],
    },
    {
      key: 'catalog',
      name: 'Екатерина Белова',
      channel: 'first',
      lead: 'Кофейня «Зерно»: чай на месяц',
      price: 64_000,
      stage: 3,
      tags: ['опт'],
      of: 1,
      read: true,
      lines: [
        ['client', 'Пришлите, пожалуйста, счёт на ноябрь', 130],
        ['colleague', 'Отправил на почту, проверьте.', 121],
        ['client', 'Получила, оплатим завтра, спасибо', 118],
      ],
    },
    {
      key: 'nobody',
      name: 'Тимур',
      channel: 'second',
      lead: 'Самовар',
      price: 0,
      stage: 0,
      of: undefined,
      lines: [['client', 'Есть ли у вас самовары?', 4]],
    },
    {
      key: 'pickup',
      name: 'Светлана Юдина',
      channel: 'first',
      lead: 'Самовывоз: улун и чашки',
      price: 5200,
      stage: 2,
      of: 2,
      read: true,
      lines: [
        ['client', 'Самовывоз сегодня до скольких?', 95],
        ['colleague', 'До 20:00, ждём вас.', 90],
        ['client', 'Буду к семи', 88],
      ],
    },
    {
      key: 'rated',
      name: 'Денис Орлов',
      channel: 'first',
      lead: 'Набор на двоих',
      price: 3200,
      stage: 4,
      of: 0,
      read: true,
      rate: 10,
      lines: [
        ['client', 'Когда придёт мой заказ?', 300],
        ['us', 'Курьер будет сегодня с 15 до 17.', 296],
        ['client', 'Привезли, всё цело, спасибо!', 180],
      ],
    },
    {
      key: 'unhappy',
      name: 'Лидия Панова',
      channel: 'second',
      lead: 'Пуэр, 357 г',
      price: 4100,
      stage: 4,
      of: 1,
      read: true,
      rate: 3,
      lines: [
        ['client', 'Второй день жду ответа про возврат', 500],
        ['colleague', 'Простите за задержку. Деньги вернутся в течение трёх дней.', 320],
        ['client', 'Хорошо', 318],
      ],
    },
  ],
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
  clients: [
    {
      key: 'delivery',
      name: 'Mary Ellis',
      channel: 'first',
      lead: '12 gift boxes',
      price: 384,
      stage: 2,
      tags: ['wholesale', 'gifts'],
      of: 0,
      lines: [
        ['client', 'Hello! I need 12 gift boxes by Friday. Can you make it?', 55],
        ['us', 'Hello Mary! Yes, we have them. Shall we wrap each one?', 52],
        ['client', 'Yes, and a card in each, please', 49],
        ['note', 'The print shop makes the cards: order them today before 18:00.', 47],
        ['us', 'Will do. We bring them on Thursday afternoon; the invoice comes tonight.', 45],
        ['client', 'Great! Could you deliver on Saturday morning instead?', 12],
      ],
    },
    {
      key: 'late',
      name: 'Oliver Stone',
      channel: 'second',
      lead: 'Kettle, 1.2 l',
      price: 24,
      stage: 1,
      of: 0,
      lines: [
        ['client', 'The kettle came with a crack. How can I exchange it?', 34],
        ['client', 'Are you there?', 31],
      ],
    },
    {
      key: 'catalog',
      name: 'Kate Bell',
      channel: 'first',
      lead: 'Grain Coffee House: tea for a month',
      price: 640,
      stage: 3,
      tags: ['wholesale'],
      of: 1,
      read: true,
      lines: [
        ['client', 'Please send the invoice for November', 130],
        ['colleague', 'Sent by e-mail, please have a look.', 121],
        ['client', 'Got it, we pay tomorrow, thank you', 118],
      ],
    },
    {
      key: 'nobody',
      name: 'Tim',
      channel: 'second',
      lead: 'Samovar',
      price: 0,
      stage: 0,
      of: undefined,
      lines: [['client', 'Do you have samovars?', 4]],
    },
    {
      key: 'pickup',
      name: 'Susan Young',
      channel: 'first',
      lead: 'To collect: oolong and cups',
      price: 52,
      stage: 2,
      of: 2,
      read: true,
      lines: [
        ['client', 'Until when can I collect my order today?', 95],
        ['colleague', 'Until 8 pm. See you!', 90],
        ['client', 'I will be there by seven', 88],
      ],
    },
    {
      key: 'rated',
      name: 'Dennis Ford',
      channel: 'first',
      lead: 'Set for two',
      price: 32,
      stage: 4,
      of: 0,
      read: true,
      rate: 10,
      lines: [
        ['client', 'When will my order arrive?', 300],
        ['us', 'The courier comes between 3 and 5 pm.', 296],
        ['client', 'It is here and nothing broke, thank you!', 180],
      ],
    },
    {
      key: 'unhappy',
      name: 'Lydia Park',
      channel: 'second',
      lead: 'Pu-erh, 357 g',
      price: 41,
      stage: 4,
      of: 1,
      read: true,
      rate: 3,
      lines: [
        ['client', 'I have been waiting two days for an answer about my refund', 500],
        ['colleague', 'I am sorry for the delay. The money will be back within three days.', 320],
        ['client', 'All right', 318],
      ],
    },
  ],
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

export const livelyWords: Record<Language, LivelyWords> = { ru, en };
