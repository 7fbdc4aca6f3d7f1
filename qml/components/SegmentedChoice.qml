// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import Loquat

/// A few ways to do one thing, exactly one of them chosen.
Rectangle {
    id: choice

    required property list<string> choices
    required property int current

    signal chosen(int index)

    border.color: Theme.line
    color: "transparent"
    implicitHeight: 30
    implicitWidth: row.width + 2
    opacity: enabled ? 1 : 0.5
    radius: Theme.radius

    Row {
        id: row

        x: 1
        y: 1

        Repeater {
            model: choice.choices

            AbstractButton {
                id: segment

                required property int index
                required property string modelData

                Accessible.checked: checked
                Accessible.name: modelData
                Accessible.role: Accessible.RadioButton
                checked: choice.current === index
                height: 28
                width: implicitContentWidth + 26

                background: Rectangle {
                    color: segment.checked || segment.hovered ? Theme.raised : "transparent"
                    radius: Theme.radius - 1

                    FocusRing { control: segment }
                }
                contentItem: BodyText {
                    dimmed: !segment.checked
                    font.weight: segment.checked ? Font.Medium : Font.Normal
                    horizontalAlignment: Text.AlignHCenter
                    text: segment.modelData
                    verticalAlignment: Text.AlignVCenter
                }

                Keys.onEnterPressed: segment.clicked()
                Keys.onReturnPressed: segment.clicked()
                onClicked: choice.chosen(index)
            }
        }
    }
}
