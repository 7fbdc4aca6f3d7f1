// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Loquat

/// "Model gpt-4o-mini ok"; the reason and the remedy are a tooltip, also for the keyboard.
Control {
    id: health

    required property string detail
    required property string kind
    readonly property int longest: 150 ///< of a name; the word stays whole
    required property string name
    required property string title
    required property string word

    Accessible.description: detail
    Accessible.name: qsTr("%1 %2 %3").arg(title).arg(name).arg(word)
    Accessible.role: Accessible.StaticText
    activeFocusOnTab: detail.length > 0
    focusPolicy: detail.length > 0 ? Qt.TabFocus : Qt.NoFocus
    hoverEnabled: true

    Tip {
        delay: 0
        text: health.detail
        visible: health.detail.length > 0 && (health.hovered || health.activeFocus)
    }

    background: Item {
        FocusRing { control: health }
    }
    contentItem: Row {
        spacing: 5

        StatusText {
            text: health.title
            width: Math.min(implicitWidth, health.longest)
        }

        StatusText {
            dimmed: false
            font.weight: Font.Medium
            text: health.name
            visible: text.length > 0
            width: Math.min(implicitWidth, health.longest)
        }

        StatusText {
            color: Theme.ofKind(health.kind)
            font.weight: Font.Medium
            text: health.word
        }
    }
}
