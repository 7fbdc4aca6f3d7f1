// SPDX-License-Identifier: GPL-3.0-or-later
// The questions that the browser client offers, and what each must lead to.
export const examples = [
  { question: 'What is my balance? user_id=user-1', tool: /balance/, args: /user-1/ },
  { question: 'Check order status for order_id=ORD-1001', tool: /order/, args: /ORD-1001/ },
  { question: 'How much to ship 5kg to the US?', tool: /ship/, args: /5.*US|US.*5/ },
  { question: 'what does co2 say?', tool: /knowledge|lookup/, args: /co2/i },
  { question: "How's the weather in Delhi?", tool: /weather/, args: /Delhi/ },
];
