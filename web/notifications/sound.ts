import { stored } from '../lib/storage.ts';

let context: AudioContext | undefined;

/** Two short notes, made here: nothing to load, nothing to be refused. Browsers keep silent until the person has touched the page once. */
export async function chime(): Promise<void> {
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') await context.resume();
    const start = context.currentTime;
    for (const [index, frequency] of [660, 880].entries()) {
      const at = start + index * 0.12;
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.type = 'sine';
      tone.frequency.value = frequency;
      gain.gain.setValueAtTime(0.0001, at);
      gain.gain.exponentialRampToValueAtTime(0.16, at + 0.015);
      gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.24);
    }
  } catch {
    // A device without sound.
  }
}

const HEARD = 'heardNotification';

/** Rings for the newest notification in one of the pages open on this device, not in all. */
export async function chimeOnce(id: number): Promise<void> {
  const ring = async () => {
    if (Number(stored.read(HEARD) ?? 0) >= id) return;
    stored.write(HEARD, String(id));
    await chime();
  };
  if ('locks' in navigator) await navigator.locks.request('beseda.chime', ring);
  else await ring();
}
