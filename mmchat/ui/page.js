// Behaviour of the page that Gradio has no words for. Everything listens on the document once, so it survives
// every replacement of a panel; everything foreign is put in with textContent.
(() => {
  'use strict';
  const $ = (selector, from = document) => from.querySelector(selector);
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const send = (name, data) => window.mmchatSend && window.mmchatSend(name, data);

  window.mmchatLanguage = element => {
    document.documentElement.lang = $('#mm-words', element).dataset.language;
    badge();
  };

  // What has just been opened is still hidden while it moves in, and what is hidden takes no focus.
  const focus = (element, tries = 20) => {
    element.focus({preventScroll: true});
    if (document.activeElement !== element && tries) setTimeout(() => focus(element, tries - 1), 25);
  };

  // Drawers: the rail and the sources on a narrow screen.
  let opener = null;
  const drawer = (name, first) => {
    const body = document.body;
    if (name) opener = document.activeElement;
    body.classList.toggle('mm-rail', name === 'rail');
    body.classList.toggle('mm-proofs', name === 'proofs');
    document.querySelectorAll('[data-drawer][aria-expanded]').forEach(b => b.setAttribute('aria-expanded', String(b.dataset.drawer === name)));
    if (!name && opener && opener.isConnected) { opener.focus({preventScroll: true}); opener = null; }
    if (name && !first) focus($(`#${name} .close`));
  };
  const tab = name => {
    document.body.classList.toggle('mm-insights', name === 'insights');
    document.querySelectorAll('.tab').forEach(b => b.setAttribute('aria-pressed', String(b.dataset.tab === name)));
    if (name === 'insights') send('show_insights', {});
  };
  const narrow = () => matchMedia('(max-width: 960px)').matches;

  // Sources.
  const play = (medium, seconds, aloud) => {
    const go = () => { medium.currentTime = seconds; if (aloud) medium.play().catch(() => {}); };
    document.querySelectorAll('audio, video').forEach(other => other !== medium && other.pause());
    if (medium.readyState) return go();
    medium.addEventListener('loadedmetadata', go, {once: true});
    medium.load();
  };
  // A video whose kind or pictures this browser cannot decode gives way to a frame of it; it may still be heard.
  const unplayable = video => {
    const film = video.closest('.film'), frame = film && $('.film-frame', film);
    if (!frame) return;
    const [original, seconds = 0] = video.getAttribute('src').split('#t=');
    frame.src = `${original}/frame/${Math.round(1000 * seconds)}`;
    film.classList.add('still');
    film.classList.toggle('mute', Boolean(video.error));
    const button = $('.play', film.parentElement);
    if (button) button.hidden = Boolean(video.error);
  };
  document.addEventListener('error', event => { if (event.target.tagName === 'VIDEO') unplayable(event.target); }, true);
  document.addEventListener('loadedmetadata', event => {
    if (event.target.tagName === 'VIDEO' && !event.target.videoWidth) unplayable(event.target);
  }, true);
  const focusCard = id => {
    const card = document.getElementById(id);
    if (!card) return false;
    const folded = card.closest('details');
    if (folded) folded.open = true;
    tab('sources');
    document.querySelectorAll('.card.on').forEach(other => other.classList.remove('on'));
    card.classList.add('on');
    if (narrow()) drawer('proofs', card);
    card.scrollIntoView({behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth', block: 'nearest'});
    focus(card);
    return true;
  };
  const cite = link => {
    const id = link.getAttribute('href').split('#')[1];
    const [, message, number] = /^src-(.+)-(\d+)$/.exec(id) || [];
    document.querySelectorAll('a.on[href*="#src-"]').forEach(other => other.classList.remove('on'));
    link.classList.add('on');
    if (!focusCard(id) && message) { tab('sources'); if (narrow()) drawer('proofs'); send('show_sources', {message, number}); }
  };
  const badge = () => {
    const panel = $('#sources .sources'), shown = $('#openers .badge');
    if (!panel || !shown) return;
    shown.textContent = panel.dataset.count;
    shown.hidden = panel.dataset.count === '0';
  };
  const centre = crop => {
    const sheet = crop.firstElementChild;
    crop.scrollLeft = sheet.offsetWidth * Number(crop.dataset.x) - crop.clientWidth / 2;
    crop.scrollTop = sheet.offsetHeight * Number(crop.dataset.y) - crop.clientHeight / 2;
  };
  window.mmchatSources = element => {
    element.querySelectorAll('.crop').forEach(centre);
    // Their events came before the panel was part of the page.
    element.querySelectorAll('video').forEach(v => { if (v.error || (v.readyState && !v.videoWidth)) unplayable(v); });
    const panel = $('.sources', element);
    if (!panel) return;
    badge();
    if ($('.bone', panel)) tab('sources');  // a question was asked: its proof is coming
    if (panel.dataset.focus) focusCard(`src-${panel.dataset.scope}-${panel.dataset.focus}`);
  };
  document.addEventListener('load', event => {
    const crop = event.target.closest && event.target.closest('.crop');
    if (crop) centre(crop);
  }, true);
  document.addEventListener('toggle', event => {
    if (event.target.matches && event.target.matches('.considered[open]')) event.target.querySelectorAll('.crop').forEach(centre);
  }, true);

  // Insights: what the pointer, a finger or the arrow keys are at on a map.
  window.mmchatInsights = element => {
    if ($('.bone', element) && document.body.matches('.mm-insights')) send('show_insights', {});  // something was deleted
    const names = new Intl.DisplayNames([document.documentElement.lang || 'en'], {type: 'language', fallback: 'code'});
    element.querySelectorAll('[data-language]').forEach(e => { e.textContent = names.of(e.dataset.language); });
  };
  const at = mark => { const {e, f} = mark.transform.baseVal[0].matrix; return [e, f]; };
  const NEAR = 16;
  const nearest = (map, event) => {
    const spot = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    let found = null, least = NEAR;
    for (const mark of map.children) {
      const [x, y] = at(mark), far = Math.hypot(x - spot.x, y - spot.y);
      if (far <= least) [found, least] = [mark, far];
    }
    return found;
  };
  const point = (map, mark) => {
    const tip = $('.tip', map.parentElement), before = $('.at-point', map);
    if (mark === before) return;
    if (before) before.classList.remove('at-point');
    map.style.cursor = mark ? 'pointer' : '';
    tip.hidden = !mark;
    if (!mark) return;
    mark.classList.add('at-point');
    const {name, place, says} = mark.dataset, [x, y] = at(mark), box = map.viewBox.baseVal;
    tip.replaceChildren(make('b', {textContent: name}), ...(place ? [make('i', {textContent: place})] : []), ...(says ? [make('span', {textContent: says})] : []));
    tip.classList.toggle('left', x > box.width / 2);
    tip.classList.toggle('above', y > box.height / 2);
    Object.assign(tip.style, {left: `${100 * x / box.width}%`, top: `${100 * y / box.height}%`});
  };
  const pick = (map, mark) => {
    if (!mark) return;
    document.querySelectorAll('.map .picked-point').forEach(other => other.classList.remove('picked-point'));
    mark.classList.add('picked-point');
    map.append(mark);  // on top of its neighbours
    send('show_point', {id: mark.dataset.id});
  };
  const unpick = () => {
    document.querySelectorAll('.map .picked-point').forEach(other => other.classList.remove('picked-point'));
    send('show_point', {});
  };
  const step = (map, key) => {
    const axis = key === 'ArrowLeft' || key === 'ArrowRight' ? 0 : 1, way = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1;
    const marks = [...map.children].sort((a, b) => at(a)[axis] - at(b)[axis]), now = marks.indexOf($('.at-point', map));
    return marks[now < 0 ? 0 : Math.min(marks.length - 1, Math.max(0, now + way))];
  };
  document.addEventListener('pointermove', event => {
    const map = event.pointerType === 'mouse' && event.target.closest && event.target.closest('svg.map');
    if (map) point(map, nearest(map, event));
  });
  document.addEventListener('pointerout', event => {
    const map = event.target.closest && event.target.closest('svg.map');
    if (map && !map.contains(event.relatedTarget)) point(map, null);
  });
  document.addEventListener('focusout', event => { if (event.target.matches('svg.map')) point(event.target, null); });

  // The larger view.
  const enlarge = shot => {
    const sheet = make('span', {className: 'sheet'}, make('img', {src: shot.dataset.picture, alt: shot.dataset.caption}));
    for (const [x0, y0, x1, y1] of JSON.parse(shot.dataset.boxes)) {
      const box = make('span', {className: 'box'});
      Object.assign(box.style, {left: `${x0 * 100}%`, top: `${y0 * 100}%`, width: `${(x1 - x0) * 100}%`, height: `${(y1 - y0) * 100}%`});
      sheet.append(box);
    }
    const close = make('button', {type: 'button', className: 'ghost', textContent: '✕'});
    close.setAttribute('aria-label', $('#mm-words').dataset.close);
    const view = make('dialog', {className: 'mm view'}, make('header', {}, make('b', {textContent: shot.dataset.caption}), close), make('div', {className: 'stage'}, sheet));
    view.setAttribute('aria-label', shot.dataset.caption);
    sheet.addEventListener('click', event => {
      const area = sheet.getBoundingClientRect(), stage = $('.stage', view);
      const x = (event.clientX - area.left) / area.width, y = (event.clientY - area.top) / area.height;
      view.classList.toggle('full');
      stage.scrollTo(sheet.offsetWidth * x - stage.clientWidth / 2, sheet.offsetHeight * y - stage.clientHeight / 2);
    });
    show(view, close);
  };
  const show = (dialog, close) => {
    close.addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', event => event.target === dialog && dialog.close());
    dialog.addEventListener('close', () => dialog.remove());
    ($('.gradio-container') || document.body).append(dialog);
    dialog.showModal();
  };
  const confirmed = (button, act) => {
    const no = make('button', {type: 'button', className: 'pill', textContent: button.dataset.no});
    const yes = make('button', {type: 'button', className: 'pill yes', textContent: button.dataset.yes});
    const dialog = make('dialog', {className: 'mm'}, make('p', {textContent: button.dataset.confirm}), make('div', {className: 'row'}, no, yes));
    dialog.setAttribute('role', 'alertdialog');
    dialog.setAttribute('aria-label', button.dataset.confirm);
    yes.addEventListener('click', () => { dialog.close(); act(); });
    show(dialog, no);
    no.focus();
  };

  // Links of the chat that ask or choose something, by how their address begins.
  const EVENTS = {without: 'ask_without', again: 'ask_as', example: 'ask_example', llm: 'use_nearby'};
  document.addEventListener('click', event => {
    const on = selector => event.target.closest && event.target.closest(selector);
    let target;
    if ((target = on('#chat a[href*="#"]'))) {
      const [, kind, id] = /#(\w+)-(.+)$/.exec(target.getAttribute('href')) || [];
      if (Object.hasOwn(EVENTS, kind)) {
        event.preventDefault(); event.stopPropagation();
        send(EVENTS[kind], {id});
        return;
      }
    }
    const menu = $('details.narrow[open]');
    if (menu && !on('details.narrow')) menu.open = false;
    if ((target = on('a[href*="#src-"]'))) { event.preventDefault(); event.stopPropagation(); cite(target); return; }
    const status = $('details.status[open]');
    if (status && !on('details.status')) status.open = false;
    if (event.target.id === 'mm-scrim') drawer('');
    else if ((target = on('[data-tab]'))) {
      tab(target.dataset.tab);
      if (narrow() && !document.body.matches('.mm-proofs')) drawer('proofs');
    }
    else if ((target = on('svg.map'))) {
      // A click's place is rounded: of points that lie together, the one that was pointed at is meant.
      pick(target, (event.pointerType === 'mouse' && $('.at-point', target)) || nearest(target, event));
    }
    else if (on('.unpick')) unpick();
    else if ((target = on('[data-drawer]'))) drawer(target.dataset.drawer);
    else if ((target = on('[data-send]'))) {
      const act = () => send(target.dataset.send, {id: target.dataset.id || ''});
      if (target.dataset.confirm) confirmed(target, act); else { act(); if (narrow()) drawer(''); }
    }
    else if ((target = on('.shot'))) enlarge(target);
    else if ((target = on('.card .play'))) play($('audio, video', target.closest('.card')), Number(target.dataset.from), true);
    else if ((target = on('.copy'))) {
      const words = $('span', target), before = words.textContent;
      navigator.clipboard.writeText(target.dataset.copy).then(() => {
        words.textContent = target.dataset.copied;
        setTimeout(() => { words.textContent = before; }, 1600);
      }).catch(() => {});
    }
    else if (on('#fresh') && narrow()) drawer('');
  }, true);
  document.addEventListener('keydown', event => {
    const map = event.target.closest && event.target.closest('svg.map');
    if (map && event.key.startsWith('Arrow')) { event.preventDefault(); point(map, step(map, event.key)); return; }
    if (map && event.key === 'Enter') { pick(map, $('.at-point', map)); return; }
    if (event.key !== 'Escape' || $('dialog[open]')) return;
    const menu = $('details.narrow[open]');
    if (menu) { menu.open = false; $('summary', menu).focus(); return; }
    const status = $('details.status[open]');
    if (status) { status.open = false; $('summary', status).focus(); } else if (document.body.matches('.mm-rail, .mm-proofs')) drawer('');
  });

  // Files dropped or pasted anywhere go to the question.
  const attach = files => {
    const input = $('#composer input[type=file]');
    if (!input || !files.length) return;
    const carrier = new DataTransfer();
    for (const file of files) carrier.items.add(file);
    input.files = carrier.files;
    input.dispatchEvent(new Event('change', {bubbles: true}));
  };
  const carriesFiles = event => event.dataTransfer && [...event.dataTransfer.types].includes('Files');
  let depth = 0;
  const dropping = on => document.body.classList.toggle('mm-dropping', on);
  document.addEventListener('dragenter', event => { if (carriesFiles(event)) { depth += 1; dropping(true); } }, true);
  document.addEventListener('dragleave', event => { if (carriesFiles(event) && (depth -= 1) <= 0) { depth = 0; dropping(false); } }, true);
  document.addEventListener('dragover', event => { if (carriesFiles(event)) event.preventDefault(); }, true);
  document.addEventListener('drop', event => {
    if (!carriesFiles(event)) return;
    event.preventDefault(); event.stopPropagation();
    depth = 0; dropping(false);
    attach([...event.dataTransfer.files]);
  }, true);
  document.addEventListener('paste', event => {
    const files = event.clipboardData ? [...event.clipboardData.files] : [];
    if (files.length && !event.target.closest('#composer, input, textarea')) attach(files);
  });

  // Another tab may have changed the library.
  let hiddenAt = 0;
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) hiddenAt = Date.now(); else if (hiddenAt && Date.now() - hiddenAt > 1000) send('look_again', {});
  });

  const begin = () => {
    document.body.append(make('div', {id: 'mm-scrim'}));
    // Gradio labels each message with its source text, HTML and all, and puts an unnamed button into a step's title,
    // which is a button itself.
    new MutationObserver(() => {
      document.querySelectorAll('#chat [aria-label*="<"], #chat [aria-label*="]:"]').forEach(e => e.removeAttribute('aria-label'));
      document.querySelectorAll('#chat .thought-group .arrow button:not([inert])').forEach(e => { e.inert = true; });
    }).observe(document.body, {subtree: true, childList: true, attributes: true, attributeFilter: ['aria-label']});
  };
  if (document.body) begin(); else document.addEventListener('DOMContentLoaded', begin);
})();
