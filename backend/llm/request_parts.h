// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

/// What the requests of several providers are made of.
namespace loquat::request_parts {

/// All that the system said, in order, for a provider that takes it only ahead of the conversation.
QString systemText(const ChatRequest &request);
/// The arguments of a call as an object. A history that holds rubbish from an earlier turn must not make a
/// provider refuse this one.
QJsonObject argumentsOf(const ToolCall &call);
/// The same as text.
QString argumentsText(const ToolCall &call);
/// The name of a call as every provider takes one: models make names up, and some servers hand them on.
QString nameOf(const ToolCall &call);
/// A tool's arguments as OpenAI and Anthropic take them: an object that says what it has, be it nothing.
QJsonObject schemaOf(const ToolSpec &tool);
/// What is said in the user's place where nobody said anything since the assistant: a conversation that is
/// empty or ends with the assistant's words is refused, or taken for the beginning of the answer.
inline constexpr QLatin1StringView goOn("(Go on.)");

} // namespace loquat::request_parts
