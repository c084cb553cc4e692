/** Small helpers over the DOM. Texts go in as text nodes only: nothing here can make markup of a message. */

type Child = Node | string | undefined | false;
type Props<T> = { [K in keyof T]?: T[K] } & { class?: string; on?: Record<string, (event: never) => void>; attrs?: Record<string, string> };

/** Makes an element with properties, attributes, listeners and children. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props<Omit<HTMLElementTagNameMap[K], 'children'>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const { class: className, on, attrs, ...rest } = props;
  const node = document.createElement(tag);
  Object.assign(node, rest);
  if (className !== undefined) node.className = className;
  for (const [name, value] of Object.entries(attrs ?? {})) node.setAttribute(name, value);
  for (const [name, listener] of Object.entries(on ?? {})) node.addEventListener(name, listener as EventListener);
  node.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return node;
}

const icons = {
  chat: 'M12 3.5c-5 0-9 3.3-9 7.5 0 2.4 1.3 4.5 3.3 5.9L5.6 20.5l4-1.8c.8.2 1.6.3 2.4.3 5 0 9-3.4 9-8s-4-7.5-9-7.5Z',
  close: 'm6 6 12 12M18 6 6 18',
  send: 'M12 19V5m0 0-6 6m6-6 6 6',
  clip: 'm20 11.5-8.2 8.2a5.2 5.2 0 0 1-7.4-7.4l8.6-8.6a3.5 3.5 0 0 1 5 5L9.500 17.200a1.800 1.800 0 0 1-2.500-2.500l7.700-7.700',
  file: 'M13.500 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8.500L13.500 3Zm0 0v5.500H19',
  clock: 'M12 7v5l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
  check: 'm5 12.500 4.500 4.500L19 7.500',
  checks: 'm2 12.500 4.500 4.500L15 7.500M12.500 17 22 7.500',
  alert: 'M12 8v5m0 3v.1M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
  down: 'm6 9 6 6 6-6',
} as const;

/** A line icon in the colour of the text around it; hidden from screen readers. */
export function icon(name: keyof typeof icons, size = 20): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  const attributes = {
    viewBox: '0 0 24 24',
    width: size,
    height: size,
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': 1.8,
    'aria-hidden': true,
  };
  for (const [key, value] of Object.entries({ ...attributes, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }))
    svg.setAttribute(key, String(value));
  path.setAttribute('d', icons[name]);
  svg.append(path);
  return svg;
}

const ADDRESS = /https?:\/\/[^\s<>"']+/g;

/** Text with its web addresses as links, line breaks kept by the style. */
export function textNodes(text: string): (Node | string)[] {
  const nodes: (Node | string)[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(/[.,:;!?)\]}»”]+$/, '');
    if (!URL.canParse(address)) continue;
    nodes.push(text.slice(end, match.index), el('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' }, address));
    end = match.index + address.length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** A link target that can only be a web page. */
export function safeUrl(url: string): string | undefined {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : undefined;
}
