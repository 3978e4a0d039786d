// Which dialog of an appointment is open. Pure.

export const CLOSED = { dialog: null, forms: 0 };

// `dialog` is null, {type: 'details', occurrence}, {type: 'form', draft} or
// {type: 'confirm', question}. `forms` counts the opened forms, so that each starts with the values
// of its own draft.
export function dialogReducer(state, action) {
  switch (action.type) {
    case 'close':
      return { ...state, dialog: null };
    case 'form':
      return { dialog: action, forms: state.forms + 1 };
    case 'details':
    case 'confirm':
      return { ...state, dialog: action };
    default:
      throw new Error(`unknown action ${action.type}`);
  }
}
