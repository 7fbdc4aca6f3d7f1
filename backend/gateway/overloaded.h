// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace loquat::dialects {

/// std::visit with one lambda per alternative.
template <typename... Ts> struct Overloaded : Ts...
{
    using Ts::operator()...;
};
template <typename... Ts> Overloaded(Ts...) -> Overloaded<Ts...>;

} // namespace loquat::dialects
