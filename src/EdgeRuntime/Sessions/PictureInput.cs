using EdgeRuntime.Bundles;
using EdgeRuntime.Images;

namespace EdgeRuntime.Sessions;

/// <summary>Feeds pictures to a session: fit, normalise and (for int8 inputs) quantise straight into the input rows.</summary>
public sealed class PictureInput
{
    private readonly Preprocessor _preprocessor;
    private readonly Preprocessor[] _points;
    private readonly int _map;
    private readonly Map _info;

    /// <summary>Prepares for the bundle's only picture input.</summary>
    /// <param name="bundle">The network.</param>
    /// <param name="spec">How its input wants to be prepared.</param>
    /// <exception cref="EdgeRuntimeException">The specification does not fit the network's input.</exception>
    public PictureInput(Bundle bundle, InputSpec spec)
    {
        Port port = bundle.Inputs[0];
        _map = port.Map;
        _info = bundle.Maps[_map];
        _preprocessor = new Preprocessor(spec);
        long elements = port.Dims.Aggregate(1L, (a, d) => a * d);
        if (bundle.Inputs.Length != 1 || _info.Channels != spec.Channels || elements != _preprocessor.Length)
        {
            throw new EdgeRuntimeException($"The network takes {bundle.Inputs.Length} input(s), the first of shape [{string.Join(", ", port.Dims)}], "
                + $"but the input specification describes one {spec.Width}×{spec.Height} picture with {spec.Channels} channel(s). Pack with a specification that fits.", 3);
        }

        // One per size: they keep tables.
        Dictionary<InputSize, Preprocessor> sizes = [];
        _points = Array.ConvertAll(bundle.Points, p =>
        {
            if (p.Input is not { } size)
            {
                return _preprocessor;
            }

            if (!sizes.TryGetValue(size, out Preprocessor? made))
            {
                made = new Preprocessor(spec with { Height = size.Height, Width = size.Width });
                sizes.Add(size, made);
            }

            return made;
        });
    }

    /// <summary>How pictures are prepared for the dense point. Answers speak of this picture at every point.</summary>
    public Preprocessor Preprocessor => _preprocessor;

    /// <summary>How pictures are prepared for an operating point, which may take them smaller.</summary>
    public Preprocessor PreprocessorOf(int point) => _points[point];

    /// <summary>Writes a picture into the session's input, at the size of the operating point in use.</summary>
    public void Feed(Session session, Picture picture)
    {
        Preprocessor preprocessor = _points[session.Point];
        if (_info.Type == ElementType.S8)
        {
            preprocessor.ToRows(picture, session.MapRows<sbyte>(_map), _info.Scale, _info.ZeroPoint);
        }
        else
        {
            preprocessor.ToRows(picture, session.MapRows<float>(_map));
        }
    }

    /// <summary>Writes a frame into the session's input, at the size of the operating point in use.</summary>
    public void Feed(Session session, in PixelView view)
    {
        Preprocessor preprocessor = _points[session.Point];
        if (_info.Type == ElementType.S8)
        {
            preprocessor.ToRows(in view, session.MapRows<sbyte>(_map), _info.Scale, _info.ZeroPoint);
        }
        else
        {
            preprocessor.ToRows(in view, session.MapRows<float>(_map));
        }
    }
}
