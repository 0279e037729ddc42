"""What each button does with the workbook in front: asks, lets the rooms below do the work, and tells what came of it in one message.

`buttons` names them and turns whatever happens into one Chinese sentence. How an open workbook is read and changed is for `live`; what
is right or wrong is never decided here.
"""
