namespace Exo.Engine.Kernels;

/// <summary>
/// Rows of activations in which a product met a NaN or an infinity. Such a row's outputs mean nothing; other rows are not touched by it.
/// Row numbers are those of the call to Multiply. Written by compute threads, read by the caller between products.
/// </summary>
internal sealed class ActivationFaults
{
    private bool[] _rows = new bool[64];
    private volatile bool _any;
    private int[] _names = [];
    private volatile int _named;

    public bool Any => _any;

    /// <summary>Whether row <paramref name="row"/> of a product since the last <see cref="Clear"/> was not finite.</summary>
    public bool this[int row] => row < _rows.Length && Volatile.Read(ref _rows[row]);

    public void Clear()
    {
        if (_any)
        {
            Array.Clear(_rows);
            _any = false;
        }
    }

    internal void Reserve(int rows)
    {
        if (rows > _rows.Length)
        {
            Array.Resize(ref _rows, Math.Max(rows, _rows.Length * 2));
        }
    }

    /// <summary>From now on row i of a product is called <paramref name="rows"/>[i]; an empty span ends that. Called between products.</summary>
    internal void Rename(ReadOnlySpan<int> rows, int most)
    {
        Reserve(most);
        if (_names.Length < rows.Length)
        {
            _names = new int[Math.Max(rows.Length, 64)];
        }

        rows.CopyTo(_names);
        _named = rows.Length;
    }

    internal void Set(int row)
    {
        row = row < _named ? _names[row] : row;
        Volatile.Write(ref _rows[row], true);
        _any = true;
    }
}
