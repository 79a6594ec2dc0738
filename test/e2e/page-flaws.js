/**
 * Runs in the page: controls without a name, targets smaller than 24 by 24 px that are not within text (WCAG 2.5.8), and
 * text whose contrast is below 4.5 to 1 (WCAG 1.4.3), one sentence for each.
 */
module.exports = function findFlaws() {
  const flaws = [];
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  // Where nothing is painted, the browser's own colour shows, which follows the page's colour scheme.
  const probe = document.documentElement.appendChild(document.createElement('div'));
  probe.style.backgroundColor = 'Canvas';
  const bare = rgba(getComputedStyle(probe).backgroundColor);
  probe.remove();
  const background = (element) => {
    if (!element) return bare;
    const color = rgba(getComputedStyle(element).backgroundColor);
    return color[3] === 0 ? background(element.parentElement) : color;
  };
  const opacity = (element) =>
    element ? Number(getComputedStyle(element).opacity) * opacity(element.parentElement) : 1;
  const luminance = (color) => {
    const [r, g, b] = color.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (const element of document.querySelectorAll('button, a, input:not([type=hidden]), iframe')) {
    const name = element.getAttribute('aria-label') ?? element.getAttribute('title') ?? element.textContent;
    if (name.trim() === '') flaws.push(`${element.outerHTML.slice(0, 80)} has no name`);
    const { width, height } = element.getBoundingClientRect();
    const isWithinText = getComputedStyle(element).display === 'inline';
    if (!isWithinText && (width < 24 || height < 24)) flaws.push(`'${name}' is ${width} by ${height} px`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.textContent.trim();
    if (text === '') continue;
    const behind = background(element);
    const share = opacity(element);
    const front = rgba(getComputedStyle(element).color).map(
      (part, index) => part * share + behind[index] * (1 - share),
    );
    const [dark, light] = [luminance(front), luminance(behind)].sort((x, y) => x - y);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) flaws.push(`'${text.slice(0, 40)}' has a contrast of ${contrast.toFixed(2)}`);
  }
  return flaws;
};
