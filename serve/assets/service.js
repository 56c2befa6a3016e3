// What the page asks of the service. The key is in the memory of this module alone: it
// is never stored and never part of an address.

let key = '';
let refused = () => {};

export const holdsKey = () => key !== '';
export function useKey(text) { key = text.trim(); }
export function whenRefused(f) { refused = f; }

// Addresses are relative to the page, so that a prefix before the service does no harm.
export const address = (path) => new URL(path, document.baseURI.replace(/[?#].*$/, '')).href;

// A Trouble is an answer that is none: the problem that the service told, or its silence.
export class Trouble extends Error {
  constructor(status, problem, retry) {
    super(problem.title);
    this.status = status;
    this.problem = problem;
    this.retry = retry;
  }
}

// ask sends a request and returns the answer, or throws a Trouble.
export async function ask(path, options = {}, fine = []) {
  const headers = new Headers(options.headers);
  if (key) headers.set('Authorization', 'Bearer ' + key);
  let answer;
  try {
    answer = await fetch(address(path), { ...options, headers, credentials: 'omit', cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer' });
  } catch {
    throw new Trouble(0, { title: 'The service does not answer', detail: 'It may have ended, or there is no way to it.' });
  }
  if (answer.ok || fine.includes(answer.status)) return answer;
  const problem = await problemOf(answer);
  if (answer.status === 401) refused(problem);
  throw new Trouble(answer.status, problem, answer.headers.get('Retry-After'));
}

async function problemOf(answer) {
  try {
    const problem = await answer.json();
    if (problem && typeof problem.title === 'string') return problem;
  } catch { /* something before the service has answered */ }
  return { title: 'The answer is ' + answer.status, detail: 'Something between this page and the service may have given it.' };
}

export const read = async (path, fine) => (await ask(path, {}, fine)).json();
