// A page without a screen around the seed's snippet: tells on stdout, a line of JSON each, what the snippet has it
// do; unmounts when its stdin ends, and is gone once its subscription is.
// URL, key and story come from the environment.
import component from './seed_snippet.mjs';

const tell = (what, ...about) => process.stdout.write(`${JSON.stringify([what, ...about])}\n`);
console.log = (message) => tell('log', message);

// The snippet does not say when its subscription stands, nor when it has ended; the socket does.
globalThis.WebSocket = class extends WebSocket {
  constructor(...address) {
    super(...address);
    this.addEventListener('message', ({ data }) => {
      if (data.includes('Subscribed to PostgreSQL')) tell('subscribed', storyId);
      if (data.includes('phx_close')) process.exit();
    });
  }
};

const { SUPABASE_URL, SUPABASE_ANON_KEY, STORY_ID: storyId } = process.env;
const unmount = component({
  SUPABASE_URL,
  SUPABASE_ANON_KEY,
  storyId,
  updateProgressBar: (status) => tell('progress', status),
  showToast: (message, kind) => tell('toast', message, kind),
  loadStory: (id) => tell('load', id),
});

process.stdin.resume();
process.stdin.on('end', unmount);
