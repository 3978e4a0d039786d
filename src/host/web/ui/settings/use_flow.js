// The state of one settings flow: its current step, and the requests that move it on.
import * as api from '../api.js';
import { showToast } from '../components/toast.js';
import { useEffect, useRef, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { navigate } from '../router.js';
import { asksForPassword } from './confirm_password.js';
import { beginFlow, goOutside, rememberedFlow } from './begin_flow.js';

export const isGone = (error) => error.status === 404 || error.status === 410;

const SLOWEST_POLL_MS = 10000;

// Polls half as often after a failed request.
const slower = (step) => ({
  ...step,
  poll_ms: Math.min((step.poll_ms || 500) * 2, SLOWEST_POLL_MS),
});

// `step` and `info` ({plugin, kind, account}) are null until loaded. `error`: loading failed;
// `refusal`: the last submit failed; `unconfirmed`: repeats the last submit, which the host answers
// when the user has given the password once more.
export function useFlow(id) {
  const [step, setStep] = useState(null);
  const [info, setInfo] = useState(null);
  const [error, setError] = useState(null);
  const [refusal, setRefusal] = useState(null);
  const [unconfirmed, setUnconfirmed] = useState(null);
  const [busy, setBusy] = useState(false);
  const alive = useRef(true);
  const isDropped = useRef(false);
  const path = `/api/flows/${api.segment(id)}`;
  const isSetup = info?.kind === 'setup';

  const show = (next) => {
    if (!alive.current) return;
    setStep(next);
    setBusy(false);
    setRefusal(null);
  };
  const load = async () => {
    setError(null);
    try {
      const drafts = await api.get('/api/flows');
      const draft = drafts.find((item) => item.flow === id);
      if (alive.current) setInfo((old) => draft || old || rememberedFlow(id) || { kind: 'setup' });
      show((await api.get(path)).step);
    } catch (failure) {
      if (alive.current) setError(failure);
    }
  };
  useEffect(() => {
    load();
    return () => {
      alive.current = false;
    };
  }, [id]);

  const submit = async (name, input) => {
    setBusy(true);
    setUnconfirmed(null);
    try {
      const next = (await api.post(path, { step: name, input })).step;
      if (!alive.current || !goOutside(next)) show(next);
    } catch (failure) {
      if (!alive.current) return;
      setBusy(false);
      if (failure.status === 409) return load();
      if (asksForPassword(failure)) setUnconfirmed(() => () => submit(name, input));
      setRefusal(failure);
      if (step?.type === 'progress') setStep(slower(step));
    }
    return undefined;
  };
  // Keeps what is typed, without a word: what is refused here is checked when it is submitted.
  const keep = (name, values) => {
    if (isDropped.current) return;
    api.patch(path, { step: name, values }, { keepalive: true }).catch(() => {});
  };
  const back = step?.back ? () => submit(step.back, {}) : null;
  const leave = () => navigate('settings', 'calendars');
  const drop = async () => {
    isDropped.current = true;
    try {
      await api.del(path);
      if (isSetup) showToast(t('draft.dropped'));
    } catch (failure) {
      if (!isGone(failure)) showToast(messageOf(failure), { kind: 'bad' });
    }
    leave();
  };
  const restart = async () => {
    try {
      await beginFlow(info.plugin, info.kind, info.account);
    } catch (failure) {
      showToast(messageOf(failure), { kind: 'bad' });
    }
  };
  // The end of a set-up is a step of its own; other flows return to the accounts.
  useEffect(() => {
    if (step?.type !== 'finish' || isSetup || !info) return;
    showToast(t('saved'));
    leave();
  }, [step, info]);

  return {
    ...{ step, info, isSetup, error, refusal, busy, unconfirmed },
    dropUnconfirmed: () => setUnconfirmed(null),
    ...{ load, submit, keep, back, leave, drop, restart },
  };
}
