// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// A page that is not there yet, and what serves meanwhile.
Item {
    id: page

    property alias explanation: empty.explanation
    required property string title

    EmptyState {
        id: empty

        anchors.centerIn: parent
        title: page.title
        width: Math.min(520, parent.width - 40)
    }
}
