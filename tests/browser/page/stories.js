const API = new URLSearchParams(location.search).get('api'); // such as https://api.storytailor.example

async function call(token, method, path, body, headers = {}) {
  const answer = await fetch(`${API}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }), ...headers },
    body: body && JSON.stringify(body),
  });
  if (answer.ok) return answer;
  const { code, message, data } = await answer.json();
  throw Object.assign(new Error(message), { code, data, retryAfter: answer.headers.get('Retry-After') });
}

// The same key again, after a connection that broke, gets the same story and no second one.
export async function createStory(token, request, key = crypto.randomUUID()) {
  const answer = await call(token, 'POST', '/api/v1/stories', request, { 'Idempotency-Key': key });
  return (await answer.json()).data;
}

export async function readStory(token, id) {
  return (await (await call(token, 'GET', `/api/v1/stories/${id}`)).json()).data;
}

// The story now and after each change, until it is over. EventSource cannot send a token, fetch can.
export async function* watchStory(token, id) {
  for (let last = ''; ; await new Promise((resolve) => setTimeout(resolve, 1000))) {
    const answer = await call(token, 'GET', `/api/v1/stories/${id}/events`, undefined, { 'Last-Event-ID': last });
    if (answer.status === 204) return;
    try {
      for await (const event of eventsOf(answer.body)) {
        last = event.id;
        const story = JSON.parse(event.data);
        yield story;
        if (story.status !== 'generating') return;
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // a TypeError: the connection broke, so connect again
    }
  }
}

async function* eventsOf(body) {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const events = (text + chunk).split('\r\n\r\n');
    text = events.pop();
    for (const event of events.filter((each) => !each.startsWith(':'))) {
      yield Object.fromEntries(event.split('\r\n').map((line) => line.split(/: (.*)/s)));
    }
  }
}

// The same by supabase-js; returns what ends it.
export function subscribeToStory(supabase, token, id, onChange, onStatus) {
  supabase.realtime.setAuth(token);
  const filter = { event: 'UPDATE', schema: 'public', table: 'stories', filter: `id=eq.${id}` };
  const channel = supabase
    .channel(`story-${id}`)
    .on('postgres_changes', filter, (change) => onChange(change.new))
    .subscribe(onStatus);
  return () => supabase.removeChannel(channel);
}
