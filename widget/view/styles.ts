/** The widget's whole look. It lives in a shadow root as a constructed sheet: the page's styles cannot reach in, and no CSP forbids it. */
export const styles = `
:host { all: initial !important; }
* { box-sizing: border-box; margin: 0; padding: 0; font: inherit; color: inherit; letter-spacing: inherit; }
[hidden] { display: none !important; }
.root {
  --accent: #3563e9; --on-accent: #fff; --link: color-mix(in oklab, var(--accent) 82%, #000);
  --bg: #fff; --soft: #f3f4f6; --line: #e3e5e9; --text: #1b1f26; --quiet: #646b76; --bad: #b42318; --bad-soft: #fdeceb; --shade: rgb(16 24 40 / .18);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  color: var(--text); text-align: start; -webkit-text-size-adjust: 100%; color-scheme: light;
}
.dark {
  --bg: #16181d; --soft: #24272e; --line: #33373f; --text: #eceef2; --quiet: #9aa1ad; --bad: #ff9b90; --bad-soft: #3a2220; --shade: rgb(0 0 0 / .5);
  --link: color-mix(in oklab, var(--accent) 55%, #fff); color-scheme: dark;
}
button, a, textarea { outline: none; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
button { background: none; border: 0; cursor: pointer; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher {
  position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483000; width: 56px; height: 56px; border-radius: 50%;
  display: grid; place-items: center; background: var(--accent); color: var(--on-accent); box-shadow: 0 6px 20px var(--shade); transition: transform .12s;
}
.launcher:hover { transform: scale(1.04); }
.badge {
  position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-width: 20px; height: 20px; padding: 0 6px; border-radius: 10px;
  background: #d92d20; color: #fff; font-size: 12px; line-height: 20px; font-weight: 600; text-align: center; font-variant-numeric: tabular-nums; box-shadow: 0 0 0 2px #fff;
}
.panel {
  position: fixed; inset-block-end: 88px; inset-inline-end: 20px; z-index: 2147483000; width: 380px; height: min(600px, calc(100dvh - 108px));
  display: flex; flex-direction: column; background: var(--bg); border-radius: 16px; overflow: hidden; box-shadow: 0 12px 40px var(--shade), 0 0 0 1px var(--line);
  animation: rise .14s ease-out; overscroll-behavior: contain;
}
@keyframes rise { from { opacity: 0; transform: translateY(8px); } }

.head { display: flex; align-items: center; gap: 12px; padding: 12px 8px 12px 16px; border-block-end: 1px solid var(--line); min-height: 64px; }
.mark { flex: none; width: 36px; height: 36px; border-radius: 50%; display: grid; place-items: center; background: var(--accent); color: var(--on-accent); font-weight: 600; }
.names { flex: 1; min-width: 0; }
.names h2 { font-size: 15px; font-weight: 600; line-height: 20px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.names p { font-size: 12px; line-height: 16px; color: var(--quiet); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tool { flex: none; width: 40px; height: 40px; border-radius: 10px; display: grid; place-items: center; color: var(--quiet); }
.tool:hover { background: var(--soft); color: var(--text); }
.notice { padding: 8px 16px; font-size: 12px; background: var(--soft); color: var(--quiet); border-block-end: 1px solid var(--line); }

.thread { position: relative; flex: 1; min-height: 0; display: flex; flex-direction: column; }
.scroll { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 16px 16px 8px; display: flex; flex-direction: column; scrollbar-width: thin; }
.scroll::before { content: ""; flex: 1 1 auto; }
.list { list-style: none; display: flex; flex-direction: column; }
.day { align-self: center; font-size: 12px; color: var(--quiet); padding: 12px 0 4px; }
.earlier { align-self: center; color: var(--link); font-size: 13px; padding: 6px 12px; border-radius: 8px; }
.item { display: flex; flex-direction: column; align-items: flex-start; margin-block-start: 3px; max-width: 100%; }
.item.first { margin-block-start: 12px; }
.item.own { align-items: flex-end; }
.who { font-size: 12px; line-height: 16px; color: var(--quiet); padding: 0 2px 3px; display: flex; gap: 6px; align-items: center; max-width: 100%; }
.who b { font-weight: 600; color: var(--text); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tag { flex: none; font-size: 11px; line-height: 14px; padding: 0 5px; border-radius: 4px; background: var(--soft); color: var(--quiet); }
.bubble { max-width: min(84%, 560px); padding: 8px 12px; border-radius: 14px; background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; }
.bubble a { color: var(--link); text-decoration: underline; text-underline-offset: 2px; }
.own .bubble { background: var(--accent); color: var(--on-accent); }
.own .bubble a { color: inherit; }
.item.last:not(.own) .bubble { border-end-start-radius: 4px; }
.item.last.own .bubble { border-end-end-radius: 4px; }
.meta { display: flex; gap: 4px; align-items: center; font-size: 11px; line-height: 16px; color: var(--quiet); padding: 2px 2px 0; font-variant-numeric: tabular-nums; }
.meta svg { display: block; }
.meta.seen svg { color: var(--link); }
.trouble { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 2px 10px; font-size: 12px; color: var(--bad); padding: 2px 2px 0; }
.trouble button { text-decoration: underline; text-underline-offset: 2px; color: var(--text); }

.media { display: grid; gap: 3px; max-width: 84%; border-radius: 14px; overflow: hidden; margin-block-end: 3px; }
.media.many { grid-template-columns: 1fr 1fr; }
.pic { display: block; background: var(--soft); width: 100%; overflow: hidden; }
.media:not(.many) .pic { width: 256px; max-width: 100%; border-radius: 14px; }
.pic img, .pic video { display: block; width: 100%; height: 100%; object-fit: cover; }
.many .pic { aspect-ratio: 1; width: 126px; }
.doc { display: flex; align-items: center; gap: 10px; max-width: 84%; padding: 8px 12px; border-radius: 14px; background: var(--soft); text-decoration: none; margin-block-end: 3px; }
a.doc:hover .name { text-decoration: underline; }
.doc .sign { flex: none; color: var(--quiet); }
.doc .name { display: block; overflow-wrap: anywhere; line-height: 18px; }
.doc .size { display: block; font-size: 12px; line-height: 16px; color: var(--quiet); }
audio { width: 256px; max-width: 84%; height: 40px; margin-block-end: 3px; }

.chips { display: flex; flex-wrap: wrap; gap: 6px; padding-block-start: 6px; max-width: 100%; }
.chip {
  min-height: 36px; padding: 6px 14px; border-radius: 18px; border: 1px solid color-mix(in oklab, var(--link) 45%, transparent); color: var(--link); font-weight: 500;
  text-align: start; overflow-wrap: anywhere; text-decoration: none; display: inline-flex; align-items: center; transition: background .12s;
}
.chip:hover:not(:disabled) { background: color-mix(in oklab, var(--accent) 10%, transparent); }
.chip:disabled { border-color: var(--line); color: var(--quiet); cursor: default; }
.chip.chosen { background: color-mix(in oklab, var(--accent) 14%, transparent); }

.typing { display: flex; align-items: center; gap: 8px; font-size: 12px; color: var(--quiet); height: 24px; margin-block-start: 6px; }
.dots { display: inline-flex; gap: 3px; }
.dots i { width: 5px; height: 5px; border-radius: 50%; background: currentColor; animation: dot 1.2s infinite; }
.dots i:nth-child(2) { animation-delay: .15s; }
.dots i:nth-child(3) { animation-delay: .3s; }
@keyframes dot { 0%, 60%, 100% { opacity: .35; } 30% { opacity: 1; } }
.newer { position: absolute; inset-inline-end: 16px; inset-block-end: 12px; width: 36px; height: 36px; border-radius: 50%; display: grid; place-items: center; background: var(--bg); color: var(--quiet); box-shadow: 0 2px 8px var(--shade), 0 0 0 1px var(--line); }

.composer { border-block-start: 1px solid var(--line); padding: 8px; background: var(--bg); }
.row { display: flex; align-items: flex-end; gap: 4px; }
.row textarea {
  flex: 1; min-width: 0; resize: none; border: 0; background: none; padding: 10px 4px; line-height: 20px; height: 40px; max-height: 140px; overflow-y: auto; scrollbar-width: thin;
}
.row textarea::placeholder { color: var(--quiet); opacity: 1; }
.composer:focus-within { box-shadow: inset 0 2px 0 -1px var(--accent); }
.row textarea:focus-visible { outline: none; }
.go { flex: none; width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center; background: var(--accent); color: var(--on-accent); }
.go:disabled { background: var(--soft); color: var(--quiet); cursor: default; }
.tray { display: flex; flex-wrap: wrap; gap: 8px; padding: 4px 4px 8px; max-height: 164px; overflow-y: auto; }
.up { position: relative; width: 68px; height: 68px; border-radius: 10px; background: var(--soft); overflow: hidden; display: grid; place-items: center; }
.up img { width: 100%; height: 100%; object-fit: cover; }
.up .label { align-self: end; font-size: 11px; line-height: 14px; padding: 0 4px 6px; text-align: center; overflow: hidden; max-height: 48px; overflow-wrap: anywhere; color: var(--quiet); }
.up .bar { position: absolute; inset-inline: 6px; inset-block-end: 6px; height: 4px; border-radius: 2px; background: rgb(0 0 0 / .35); overflow: hidden; }
.up .bar i { display: block; height: 100%; width: 100%; background: #fff; transform-origin: left; transform: scaleX(0); }
.up .off { position: absolute; inset-block-start: 3px; inset-inline-end: 3px; width: 22px; height: 22px; border-radius: 50%; display: grid; place-items: center; background: rgb(0 0 0 / .6); color: #fff; }
.up .again { position: absolute; inset: 0; display: grid; place-items: center; background: var(--bad-soft); color: var(--bad); font-size: 11px; line-height: 13px; padding: 18px 4px 4px; text-align: center; }
.hint { font-size: 12px; color: var(--bad); padding: 0 8px 6px; }
.over { position: absolute; inset: 8px; border: 2px dashed var(--accent); border-radius: 12px; background: color-mix(in oklab, var(--bg) 88%, var(--accent)); display: grid; place-items: center; font-weight: 600; pointer-events: none; }

@media (max-width: 480px) {
  .panel { inset: 0; width: 100%; height: 100dvh; border-radius: 0; box-shadow: none; }
  .open .launcher { display: none; }
  .row textarea { font-size: 16px; }
  .head { padding-block-start: max(12px, env(safe-area-inset-top)); }
  .composer { padding-block-end: max(8px, env(safe-area-inset-bottom)); }
}
@media (min-width: 481px) and (max-height: 460px) {
  .panel { inset-block: 8px; height: auto; inset-inline-end: 88px; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
}
@media (forced-colors: active) {
  .launcher, .go, .chip, .bubble, .panel { border: 1px solid; }
}
`;
