// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// A line icon from an SVG path in a box of 24.
Canvas {
    id: icon

    required property string path
    property color tone: Theme.dim
    property real stroke: 1.7

    implicitHeight: 20
    implicitWidth: 20

    onPaint: {
        const context = icon.getContext("2d");
        context.reset();
        context.scale(icon.width / 24, icon.height / 24);
        context.strokeStyle = icon.tone;
        context.lineWidth = icon.stroke;
        context.lineCap = "round";
        context.lineJoin = "round";
        context.path = icon.path;
        context.stroke();
    }
    onPathChanged: requestPaint()
    onToneChanged: requestPaint()
}
