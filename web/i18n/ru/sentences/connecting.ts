/** What channels say while they are connected, tested and set up. */
export const connecting: Record<string, string> = {
  'A bot token looks like 123456:ABC-DEF…: copy it whole from @BotFather':
    'Токен бота выглядит как 123456:ABC-DEF…: скопируйте его целиком у @BotFather',
  'A callback server made by hand needs a secret: set one in VK and give it here':
    'Для сервера, добавленного вручную, нужен секрет: задайте его во ВКонтакте и введите здесь',
  'A secret has 16 to 200 characters without spaces; leave it out and one is made':
    'Секрет — от 16 до 200 знаков без пробелов; оставьте пустым, и он будет создан',
  'A token has no spaces: copy it whole': 'В токене нет пробелов: скопируйте его целиком',
  'A verify token has up to 200 characters without spaces; leave it out and one is made':
    'Verify token — до 200 знаков без пробелов; оставьте пустым, и он будет создан',
  'An access key has no spaces: copy it whole from Manage → API usage':
    'В ключе доступа нет пробелов: скопируйте его целиком из «Управление» → «Работа с API»',
  'Give the access key of the community: Manage → API usage → Access tokens':
    'Введите ключ доступа сообщества: «Управление» → «Работа с API» → «Ключи доступа»',
  'Give the address that takes the hooks, such as https://example.com/hooks/:scope_id':
    'Введите адрес для уведомлений, например https://example.com/hooks/:scope_id',
  'Give the app secret from App settings → Basic: what Meta delivers is proven by it':
    'Введите секрет приложения из App settings → Basic: им подписано то, что присылает Meta',
  'Give the bot token that @BotFather shows': 'Введите токен бота, который показал @BotFather',
  'Give the name that stands over your messages': 'Введите имя, которое стоит над вашими сообщениями',
  'MAX does not know this token: copy it again from the page of the bot':
    'MAX не знает такого токена: скопируйте его заново со страницы бота',
  'Receiving by webhook needs a public address: set PUBLIC_URL or choose polling':
    'Для вебхука нужен публичный адрес: задайте PUBLIC_URL или выберите опрос',
  'Settings are an object': 'Настройки записаны неверно',
  'Telegram does not know this token: copy it again from @BotFather': 'Telegram не знает такого токена: скопируйте его заново у @BotFather',
  'The ID of the WhatsApp Business account has digits only': 'ID аккаунта WhatsApp Business состоит только из цифр',
  'The colour is written as #rrggbb, for example #3563e9': 'Цвет записывается как #rrggbb, например #3563e9',
  'This is no key of a community: make one in Manage → API usage → Access tokens':
    'Это не ключ сообщества: создайте его в «Управление» → «Работа с API» → «Ключи доступа»',
  'Viber delivers by webhook only, which needs a public address: set PUBLIC_URL':
    'Viber присылает сообщения только вебхуком, а для него нужен публичный адрес: задайте PUBLIC_URL',
  'WhatsApp delivers by webhook only, which needs a public address: set PUBLIC_URL':
    'WhatsApp присылает сообщения только вебхуком, а для него нужен публичный адрес: задайте PUBLIC_URL',
  'WhatsApp reaches people by their phone: add it to the contact with its country code':
    'В WhatsApp пишут по телефону: добавьте его в контакт с кодом страны',
  'the integration reaches people by their phone: add it to the contact': 'Интеграция пишет по телефону: добавьте его в контакт',
  '"{0}" is no site address: write it as https://shop.example, without a path':
    '«{0}» — не адрес сайта: запишите как https://shop.example, без пути',
  'Meta does not accept this token ({0}): make another for the system user':
    'Meta не принимает этот токен ({0}): создайте другой для системного пользователя',
  'Meta does not know this number ({0}): copy its ID again': 'Meta не знает такого номера ({0}): скопируйте его ID заново',
  'Telegram refuses the webhook address ({0}): correct PUBLIC_URL or choose polling':
    'Telegram не принимает адрес вебхука ({0}): исправьте PUBLIC_URL или выберите опрос',
  'This text may have up to {0} characters': 'Текст — не длиннее {0} знаков',
  'VK does not take this access key ({0}): make a new one in Manage → API usage':
    'ВКонтакте не принимает этот ключ ({0}): создайте новый в «Управление» → «Работа с API»',
  'VK refuses the webhook address ({0}): correct PUBLIC_URL or choose polling':
    'ВКонтакте не принимает адрес вебхука ({0}): исправьте PUBLIC_URL или выберите опрос',
  'VK takes a secret of up to {0} characters': 'ВКонтакте принимает секрет не длиннее {0} знаков',
  'Viber does not accept this token ({0}): copy it again from the admin panel':
    'Viber не принимает этот токен ({0}): скопируйте его заново из панели',
  'Viber shows at most {0} characters of a name: give a shorter one': 'Viber показывает не больше {0} знаков имени: сократите его',
  'This is a private address, which this installation does not call: give a public one, or have BESEDA_ALLOW_PRIVATE_ADDRESSES set':
    'Это внутренний адрес, такие здесь не вызываются: укажите публичный или задайте BESEDA_ALLOW_PRIVATE_ADDRESSES',
  'MAX refuses the webhook address ({0}): PUBLIC_URL must be an https address with a certificate the world knows, or choose polling':
    'MAX не принимает адрес вебхука ({0}): в PUBLIC_URL нужен https-адрес с общеизвестным сертификатом, или выберите опрос',
  'VK knows nobody at "{0}": give the address of the person\'s page, such as vk.com/id1':
    'ВКонтакте никого не знает по адресу «{0}»: укажите адрес страницы, например vk.com/id1',
  'Receiving by webhook needs a public address: set PUBLIC_URL, give the confirmation code of a server made by hand, or choose polling':
    'Для вебхука нужен публичный адрес: задайте PUBLIC_URL, введите код подтверждения сервера, добавленного вручную, или выберите опрос',
  'VK refuses to switch on Long Poll ({0}): give a key with the right to manage the community, or switch it on by hand':
    'ВКонтакте не включает Long Poll ({0}): введите ключ с правом управления сообществом или включите вручную',
  'VK could not confirm {0}: the address must be reachable from outside; correct PUBLIC_URL or choose polling':
    'ВКонтакте не подтвердил {0}: адрес должен быть доступен снаружи. Исправьте PUBLIC_URL или выберите опрос',
  'The community has ten callback servers already: remove one in Manage → API usage → Callback API':
    'У сообщества уже десять серверов: удалите один в «Управление» → «Работа с API» → Callback API',
  'VK refuses to make a callback server ({0}): give a key with the right to manage the community, or make the server by hand and give its code':
    'ВКонтакте не создаёт сервер ({0}): введите ключ с правом управления сообществом или добавьте сервер вручную и введите его код',
  'Allowed sites are a list of at most {0} addresses such as https://shop.example':
    'Разрешённых сайтов не больше {0}, адреса вида https://shop.example',
  'Give the access token of a system user with the rights whatsapp_business_messaging and _management':
    'Введите токен системного пользователя с правами whatsapp_business_messaging и _management',
  'Give the phone number ID (digits) that stands under WhatsApp → API Setup; it is not the number itself':
    'Введите ID номера телефона (цифры) из WhatsApp → API Setup: это не сам номер',
  'Disconnected: connect it again': 'Канал отключён: подключите его снова',
  'This channel is not connected': 'Канал не подключён',
  'This channel is not connected any more': 'Канал больше не подключён',
  "Give the channel's id as a UUID, or leave it out and one is made": 'ID канала записывается как UUID; оставьте пустым, и он будет создан',
  "Give the bot's token: in MAX for partners it stands under Chat bots → Integration":
    'Введите токен бота: он в MAX для партнёров, «Чат-боты» → «Интеграция»',
  "Give the token that Viber's admin panel shows under “Edit info”": 'Введите токен: он в панели Viber на странице Edit info',
  "Viber refuses the webhook address ({0}): PUBLIC_URL must be an https address that Viber's servers reach":
    'Viber не принимает адрес вебхука ({0}): в PUBLIC_URL нужен https-адрес, доступный серверам Viber',
  "Give the community's number, as in vk.com/club123456: 123456": 'Введите номер сообщества: у vk.com/club123456 это 123456',
  'No business account "{0}" is connected to this bot: connect it in Telegram first, then give its name, such as @anna':
    'Бизнес-аккаунт «{0}» не подключён к этому боту: сначала подключите его в Telegram, потом укажите имя, например @anna',
  '{0}; hooks {1} → {2}': '{0}; уведомления {1} → {2}',
  '@{0}; pending updates: {1}{2}': '@{0}; ждут доставки: {1}{2}',
  '{0}; subscribers: {1}': '{0}; подписчиков: {1}',
  '{0}; quality: {1}': '{0}; качество номера: {1}',
  'Ready: pages load the chat with data-channel="{0}"': 'Готово: страницы загружают чат с data-channel="{0}"',
  'The webhook of this bot points elsewhere: connect the channel again': 'Вебхук этого бота ведёт в другое место: подключите канал снова',
  'Another program has set a webhook for this bot: connect the channel again':
    'Вебхук этого бота задала другая программа: подключите канал снова',
  'The webhook of this number points elsewhere: connect the channel again, or enter our address and verify token in the app':
    'Вебхук этого номера ведёт в другое место: подключите канал снова или впишите в приложение наш адрес и Verify token',
  'The callback server is gone from the community: connect the channel again':
    'Сервера Callback API в сообществе больше нет: подключите канал снова',
  'VK could not deliver to {0} ({1}): connect the channel again': 'ВКонтакте не смог доставить на {0} ({1}): подключите канал снова',
  'VK did not name the callback server it made': 'ВКонтакте создал сервер, но не назвал его: повторите',
  'The subscription of this bot is gone: connect the channel again': 'Подписки этого бота больше нет: подключите канал снова',
  'Another program has subscribed this bot: connect the channel again':
    'На этого бота подписалась другая программа: подключите канал снова',
  'MAX did not say which bot this is': 'MAX не сообщил, какой это бот: повторите',
  'Viber did not say which bot this is': 'Viber не сообщил, какой это бот: повторите',
  'The integration is not connected: it must call /connect of the chats API with the id of this account':
    'Интеграция не подключена: она должна вызвать /connect в API чатов с ID этого аккаунта',
  'The webhook address leads to a private address, which this installation does not call: give a public one':
    'Адрес вебхука ведёт во внутреннюю сеть, такие адреса здесь не вызываются: укажите публичный',
  'The webhook address leads on to another one: give that one': 'Адрес вебхука перенаправляет на другой: укажите сразу его',
  'Templates belong to the WhatsApp Business account: connect the channel again with its ID (businessAccountId)':
    'Шаблоны хранятся в аккаунте WhatsApp Business: подключите канал снова и укажите его ID',
  'A web chat has no webhook: visitors write through /webchat': 'У чата на сайте нет вебхука: посетители пишут через /webchat',
  GREEN: 'высокое',
  YELLOW: 'среднее',
  RED: 'низкое',
  UNKNOWN: 'неизвестно',
  "The key belongs to another community than {0}: correct the number or give that community's key":
    'Ключ не от сообщества {0}: исправьте номер или введите ключ этого сообщества',
};
