// The fields of start and end. The zone is a link until the user opens it.
import { Combobox } from '../components/combobox.js';
import { Check, Field } from '../components/field.js';
import { Icon } from '../components/basics.js';
import { html, useState } from '../html.js';
import { t } from '../i18n.js';
import { DayField, TimeField } from './date_field.js';
import { startMs, withStart, withZone } from './form_model.js';
import { formatOffset, formatWhen } from './format.js';
import { isDay, isTime, sameClock, wallOf } from './times.js';
import { cityOf, zoneName, zonesFor } from './zones.js';

const today = (zone) => wallOf(Date.now(), zone).day;

function DateTime({ side, label, values, errors, set }) {
  const day = `${side}_day`;
  const time = `${side}_time`;
  const input = (name) => ({
    id: `ev-${name}`,
    label: t(`appointment.${name}`),
    value: values[name],
    onValue: (value) => set({ [name]: value }),
    error: errors[name],
  });
  const error = errors[day] || errors[time];
  const isSameDay = values.start_day === values.end_day;
  return html`<${Field} id=${`ev-${day}`} label=${label} error=${error && t(error)}>
    <div class="date-time">
      <${DayField} ...${input(day)} near=${values.start_day} today=${today(values.zone)} />
      ${
        !values.all_day &&
        html`<${TimeField}
          ...${input(time)}
          after=${side === 'end' && isSameDay ? values.start_time : ''}
        />`
      }
    </div>
  <//>`;
}

function ZoneField({ values, set, userZone }) {
  const [typed, setTyped] = useState(null);
  const isReady = isDay(values.start_day) && isTime(values.start_time);
  const start = isReady ? startMs(values) : Date.now();
  const hint = () => {
    if (!isReady || sameClock(start, values.zone, userZone)) return '';
    const instant = new Date(start).toISOString();
    return t('appointment.your_time', {
      when: formatWhen({ start: instant, end: instant }, userZone),
      zone: cityOf(userZone),
    });
  };
  const options = () =>
    zonesFor(typed || '', start, userZone, values.zone).map(({ zone, name }) => ({
      value: zone,
      label: name,
      note: formatOffset(start, zone),
    }));
  return html`<${Field} id="ev-zone" label=${t('field.time_zone')} hint=${hint()}>
    <${Combobox}
      id="ev-zone"
      label=${t('field.time_zone')}
      text=${typed ?? zoneName(values.zone, start)}
      options=${options}
      opensByTyping=${true}
      hint=${hint()}
      onText=${setTyped}
      onLeave=${() => setTyped(null)}
      onChoose=${({ value }) => {
        setTyped(null);
        set(withZone(values, value));
      }}
    />
  <//>`;
}

export function Times({ values, set, errors, userZone }) {
  const [chooseZone, setChooseZone] = useState(values.zone !== userZone);
  return html`<div class="times">
    <div class="row wrap">
      <${DateTime}
        side="start"
        label=${t('field.start')}
        values=${values}
        errors=${errors}
        set=${(change) => set(withStart(values, change))}
      />
      <${DateTime}
        side="end"
        label=${t('field.end')}
        values=${values}
        errors=${errors}
        set=${(change) => set({ ...values, ...change })}
      />
    </div>
    <div class="row wrap between">
      <${Check} checked=${values.all_day} onChange=${(all_day) => set({ ...values, all_day })}>
        ${t('appointment.all_day')}
      <//>
      ${
        !values.all_day &&
        !chooseZone &&
        html`<button type="button" class="link" onClick=${() => setChooseZone(true)}>
          <${Icon} name="globe" />
          ${cityOf(values.zone)}
        </button>`
      }
    </div>
    ${
      !values.all_day &&
      chooseZone &&
      html`<${ZoneField} values=${values} set=${set} userZone=${userZone} />`
    }
  </div>`;
}
